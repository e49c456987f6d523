"""Named points in product code at which tests make a process fail; one that is off costs a dict look-up.

`DURAGRAPH_FAILPOINTS="claim.after_commit=kill9@3;relay.after_publish=pause(2)"` fails at the third hit of one point
and the first of another, counted a process. The path of a folder instead of rules arms points while processes run:
its file `claim.after_commit` holds `kill9@3`, hits are counted over all processes, and the hit that it names renames
it to `claim.after_commit.fired`, so that a restarted process goes on.
"""

import fcntl
import os
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path

POINTS = frozenset(
    {
        "claim.after_ack",
        "claim.after_commit",
        "claim.before",
        "create.after_commit",
        "create.before_commit",
        "migrate.before_commit",
        "outbox.before_forget",
        "rebuild.midway",
        "relay.after_publish",
        "relay.before_publish",
        "snapshot.before_save",
        "sweeper.after_requeue",
        "worker.in_cancel",
        "worker.in_drain",
        "writer.after_checkpoint",
        "writer.after_finish",
        "writer.after_write",
        "writer.before_checkpoint",
        "writer.before_finish",
        "writer.before_write",
    }
)
"""Every point there is; a fault test hits each."""
_ACTION = re.compile(r"(?P<verb>kill9|raise|pause\((?P<seconds>[\d.]+)\))(@(?P<at>\d+))?")


class Injected(Exception):
    """What `raise` raises."""


@dataclass(slots=True)
class _Action:
    verb: str
    seconds: float
    at: int

    def happen(self) -> None:
        if self.verb == "kill9":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.verb == "raise":
            raise Injected
        else:
            time.sleep(self.seconds)


@dataclass(slots=True)
class _Rule:
    action: _Action
    hits: int = 0

    def hit(self) -> None:
        self.hits += 1
        if self.hits == self.action.at:
            self.action.happen()


@dataclass(slots=True)
class _Armed:
    file: Path

    def hit(self) -> None:
        try:
            action = _parse_action(self.file.read_text())
        except FileNotFoundError:
            return
        with self.file.with_suffix(f"{self.file.suffix}.hits").open("ab") as hits:
            fcntl.flock(hits, fcntl.LOCK_EX)
            hits.write(b".")
            hits.flush()
            if hits.tell() != action.at:
                return
            self.file.rename(f"{self.file}.fired")
        action.happen()


def _parse_action(text: str) -> _Action:
    match = _ACTION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"DURAGRAPH_FAILPOINTS: {text!r} is no action; actions are kill9, raise, pause(seconds)")
    return _Action(match["verb"].partition("(")[0], float(match["seconds"] or 0), int(match["at"] or 1))


def _parse(text: str) -> dict[str, _Rule | _Armed]:
    if text.startswith("/"):
        return {name: _Armed(Path(text, name)) for name in POINTS}
    rules: dict[str, _Rule | _Armed] = {}
    for part in filter(None, text.split(";")):
        name, _, action = part.partition("=")
        if name not in POINTS:
            raise ValueError(f"DURAGRAPH_FAILPOINTS: no point {name!r}; points are {', '.join(sorted(POINTS))}")
        rules[name] = _Rule(_parse_action(action))
    return rules


_ACTIVE = _parse(os.environ.get("DURAGRAPH_FAILPOINTS", ""))


def hit(name: str) -> None:
    """Pass a point."""
    rule = _ACTIVE.get(name)
    if rule is not None:
        rule.hit()
