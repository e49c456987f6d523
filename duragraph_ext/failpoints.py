"""Named points in product code at which tests make a process fail; one that is off costs a dict look-up.

`DURAGRAPH_FAILPOINTS="claim.after_commit=kill9@2!/path/marker;…"`: at the second hit the process kills itself, and
creates the marker first; where the marker exists already nothing happens, so that a restarted process goes on.
"""

import os
import re
import signal
from dataclasses import dataclass

POINTS = frozenset(
    {
        "create.before_commit",
        "create.after_commit",
        "claim.after_commit",
        "writer.before_write",
        "writer.after_write",
        "writer.before_checkpoint",
        "writer.after_checkpoint",
        "writer.before_finish",
        "writer.after_finish",
    }
)
"""Every point there is; a fault test hits each."""
_RULE = re.compile(r"(?P<name>[\w.]+)=kill9(@(?P<at>\d+))?(!(?P<marker>.+))?")


@dataclass(slots=True)
class _Rule:
    at: int
    marker: str | None
    hits: int = 0

    def hit(self) -> None:
        self.hits += 1
        if self.hits == self.at and self._first():
            os.kill(os.getpid(), signal.SIGKILL)

    def _first(self) -> bool:
        if self.marker is None:
            return True
        try:
            os.close(os.open(self.marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def _parse(text: str) -> dict[str, _Rule]:
    rules = {}
    for part in filter(None, text.split(";")):
        match = _RULE.fullmatch(part)
        if match is None or match["name"] not in POINTS:
            raise ValueError(f"DURAGRAPH_FAILPOINTS: {part!r} is not allowed; points are {', '.join(sorted(POINTS))}")
        rules[match["name"]] = _Rule(int(match["at"] or 1), match["marker"])
    return rules


_ACTIVE = _parse(os.environ.get("DURAGRAPH_FAILPOINTS", ""))


def hit(name: str) -> None:
    """Pass a point."""
    rule = _ACTIVE.get(name)
    if rule is not None:
        rule.hit()
