"""Colours and glyphs of states: mid-tones that read on light and on dark ground, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NodeStatus(StrEnum):
    """What a node, or one execution of it, is doing."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    LOST = "lost"
    STOPPED = "stopped"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Tone:
    """How a state looks: a colour, a glyph and the word for it."""

    colour: str
    glyph: str
    word: str


GREY = "#868e96"
BLUE = "#3b82f6"
GREEN = "#2f9e62"
RED = "#e0524d"
AMBER = "#d9930d"
VIOLET = "#9775c9"

NODE_TONES: dict[NodeStatus, Tone] = {
    NodeStatus.IDLE: Tone(GREY, "", "not reached"),
    NodeStatus.RUNNING: Tone(BLUE, "●", "running"),
    NodeStatus.DONE: Tone(GREEN, "✓", "done"),
    NodeStatus.ERROR: Tone(RED, "✕", "failed"),
    NodeStatus.INTERRUPTED: Tone(AMBER, "‖", "waiting for an answer"),
    NodeStatus.LOST: Tone(VIOLET, "↻", "lost with its worker"),
    NodeStatus.STOPPED: Tone(GREY, "■", "stopped with its run"),
    NodeStatus.WAITING: Tone(GREY, "", "waiting"),
}

RUN_TONES: dict[str, Tone] = {
    "pending": Tone(GREY, "…", "pending"),
    "running": Tone(BLUE, "●", "running"),
    "success": Tone(GREEN, "✓", "success"),
    "error": Tone(RED, "✕", "error"),
    "timeout": Tone(RED, "✕", "timeout"),
    "interrupted": Tone(AMBER, "‖", "interrupted"),
    "cancelled": Tone(GREY, "■", "cancelled"),
    "rolled back": Tone(GREY, "■", "rolled back"),
    "reconnecting": Tone(AMBER, "⇄", "reconnecting"),
}

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
