"""What callers are told of an error; what is not meant for them stays in the log."""

from __future__ import annotations

from typing import Any

from tornado.web import HTTPError

from duragraph_ext.auth import Refused
from duragraph_ext.core.domain.errors import Conflict, GraphError, Invalid, NotFound, TooMany, Unavailable

from .validation import Unprocessable

STATUSES: dict[type[Exception], int] = {
    Unprocessable: 422,
    GraphError: 400,
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}


def described(error: BaseException | None, status: int, reason: str) -> tuple[int, Any]:
    """Status and detail of an error. `status` and `reason` are those of one that says nothing itself."""
    if isinstance(error, Refused):
        return error.status_code, error.detail
    if isinstance(error, HTTPError):
        text = error.log_message % error.args if error.log_message else error.reason
        return error.status_code, text or reason
    for kind, known in STATUSES.items():
        if isinstance(error, kind):
            return known, str(error)
    return status, "Internal Server Error"
