"""Failpoints armed while a server runs: a folder that its processes look into (`duragraph_ext/failpoints.py`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from duragraph_ext.failpoints import POINTS
from tests.support.waiting import eventually


class Points:
    """The failpoints of one server's processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o777)

    @property
    def environment(self) -> dict[str, str]:
        """What the server must be started with."""
        return {"DURAGRAPH_FAILPOINTS": str(self.folder)}

    @contextmanager
    def armed(self, rule: str) -> Iterator[None]:
        """Arm `point=action`; at the end the fault must have happened, else the test proved nothing."""
        point, _, action = rule.partition("=")
        self.arm(rule)
        try:
            yield
            eventually(lambda: self.fired(point), 20, f"{point} to {action}")
        finally:
            self.clear()

    def maybe(self, rule: str | None) -> AbstractContextManager[None]:
        """`armed`, or nothing."""
        return self.armed(rule) if rule is not None else nullcontext()

    def arm(self, rule: str) -> None:
        """Arm a point for its next hits."""
        point, _, action = rule.partition("=")
        assert point in POINTS, point
        (self.folder / f"{point}.fired").unlink(missing_ok=True)
        (self.folder / f"{point}.hits").unlink(missing_ok=True)
        partial = self.folder / f".{point}"
        partial.write_text(action)
        partial.rename(self.folder / point)

    def fired(self, point: str) -> bool:
        """Whether the fault has happened."""
        return (self.folder / f"{point}.fired").exists()

    def clear(self) -> None:
        """Disarm everything."""
        for file in list(self.folder.iterdir()):
            file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Throw the folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)
