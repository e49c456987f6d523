"""What can go wrong between a notebook and the server, each with a message that stands on one line."""

from __future__ import annotations


class DuraGraphError(Exception):
    """Anything that this client raises on purpose."""


class ServerNotFound(DuraGraphError):
    """No server answers where one was looked for."""


class Unreachable(DuraGraphError):
    """The server did not answer in time, or the connection broke."""


class NotSendable(DuraGraphError):
    """A value cannot be written as JSON."""


class ApiError(DuraGraphError):
    """The server refused a request: `status` is the HTTP status, `detail` what it said."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{detail} (HTTP {status})")
        self.status = status
        self.detail = detail


class NotFound(ApiError):
    """No such thing on the server (404)."""


class Conflict(ApiError):
    """The thing is in a state that forbids the request (409)."""


class Refused(ApiError):
    """The credential is missing, wrong, or not enough (401, 403)."""


class RunFailed(DuraGraphError):
    """A run ended without a result: `error` is the class of the exception, `message` its text."""

    def __init__(self, run_id: str, error: str, message: str) -> None:
        super().__init__(f"{error}: {message}" if message else error)
        self.run_id = run_id
        self.error = error
        self.message = message


class RunCancelled(RunFailed):
    """A run was cancelled before it had a result."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id, "RunCancelled", f"run {run_id} was cancelled")
