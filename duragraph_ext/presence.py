"""A running server leaves a note in its data directory, by which `status` and other processes find it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Presence:
    """Where a server can be reached; holds no token."""

    pid: int
    api_url: str
    dashboard_url: str

    def leave(self, data_dir: Path) -> None:
        """Write the note."""
        folder = data_dir / "servers"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.pid}.json").write_text(json.dumps(asdict(self)))

    def remove(self, data_dir: Path) -> None:
        """Remove the note, and its folder when it was the last."""
        (data_dir / "servers" / f"{self.pid}.json").unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (data_dir / "servers").rmdir()


def servers(data_dir: Path) -> Iterator[Presence]:
    """The servers of a data directory that live, the newest first."""
    notes = [(note.stat().st_mtime, note) for note in (data_dir / "servers").glob("*.json")]
    for _, note in sorted(notes, reverse=True):
        presence = Presence(**json.loads(note.read_text()))
        if psutil.pid_exists(presence.pid):
            yield presence
