"""Where the API is mounted: `<base_url>duragraph/api`, with `/v1` or without, and below the project's own prefix."""

from __future__ import annotations

PREFIX = "duragraph/api"
VERSION = "v1"


def api_path(base_url: str, path: str, mount_prefix: str | None = None) -> str:
    """The path within the API, as clients of LangGraph's own server know it: `/threads`."""
    inner = path[len(base_url) + len(PREFIX) :]
    if inner == f"/{VERSION}" or inner.startswith(f"/{VERSION}/"):
        inner = inner[len(VERSION) + 1 :]
    if mount_prefix and inner.startswith(f"{mount_prefix}/"):
        inner = inner[len(mount_prefix) :]
    return inner
