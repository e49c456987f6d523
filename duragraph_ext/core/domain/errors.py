"""What can go wrong, in words that a handler can turn into an answer."""

from typing import Any


class DuragraphError(Exception):
    """Base of the errors that callers are expected to handle."""


class NotFound(DuragraphError):
    """The thing does not exist for this principal."""

    def __init__(self, kind: str, identity: Any) -> None:
        super().__init__(f"{kind.capitalize()} with ID {identity} not found")
        self.kind, self.identity = kind, identity


class Conflict(DuragraphError):
    """The thing is in a state that forbids what was asked."""


class Invalid(DuragraphError):
    """A field has a value that is not allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


class Worded(Invalid):
    """A field has a value that is not allowed; the message is LangGraph's own and needs no prefix."""

    def __str__(self) -> str:
        return self.message


class VersionConflict(Conflict):
    """Another writer appended to the stream first."""

    def __init__(self, stream_id: Any, expected: int, actual: int | None) -> None:
        super().__init__(f"stream {stream_id} is at version {actual}, expected {expected}")
        self.stream_id, self.expected, self.actual = stream_id, expected, actual


class Fenced(DuragraphError):
    """This worker no longer holds the run: its write changed nothing."""


class GraphError(DuragraphError):
    """A graph refused what was asked of it, or its own code raised `error` on the way."""

    def __init__(self, error: str | None, message: str) -> None:
        super().__init__(f"{error}: {message}" if error else message)
        self.error, self.message = error, message


class Unavailable(DuragraphError):
    """A part that is needed does not answer; try again."""


class TooMany(DuragraphError):
    """The user has as much as one may have at once; try again later."""


class Interrupted(Unavailable):
    """A statement did not come through, and another try may: whether it took effect is not known."""
