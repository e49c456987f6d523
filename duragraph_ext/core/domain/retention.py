"""How long what is kept."""

from dataclasses import dataclass
from typing import Protocol

DAY = 86_400.0
HOUR = 3_600.0


class Keeping(Protocol):
    """The settings of retention."""

    @property
    def keep_deleted_days(self) -> float: ...
    @property
    def keep_log_days(self) -> float: ...
    @property
    def keep_frames_hours(self) -> float: ...
    @property
    def keep_checkpoints(self) -> int: ...
    @property
    def keep_checkpoints_days(self) -> float: ...
    @property
    def keep_dead_letters_days(self) -> float: ...


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """Ages in seconds, and a number; None keeps for ever."""

    deleted: float | None = 30 * DAY
    """The log of deleted threads and of stateless runs."""
    log: float | None = None
    """Events of threads at rest; a snapshot stands in for them."""
    frames: float | None = None
    """Frames of runs that have ended."""
    checkpoints: int | None = None
    """Latest checkpoints of every namespace of a thread; the last one always stays."""
    checkpoints_age: float | None = None
    """Checkpoints of threads without runs under way; the last one always stays."""
    dead_letters: float | None = 30 * DAY
    """Messages that could not be published."""

    @classmethod
    def of(cls, settings: Keeping) -> "RetentionPolicy":
        """The policy that settings describe; 0 keeps log, frames and checkpoints for ever."""
        return cls(
            deleted=settings.keep_deleted_days * DAY,
            log=settings.keep_log_days * DAY or None,
            frames=settings.keep_frames_hours * HOUR or None,
            checkpoints=settings.keep_checkpoints or None,
            checkpoints_age=settings.keep_checkpoints_days * DAY or None,
            dead_letters=settings.keep_dead_letters_days * DAY,
        )
