"""Routes of LangGraph's API that this server does not have yet: an honest 501, never a silent 404."""

from __future__ import annotations

from typing import Any

from tornado.web import HTTPError

from .base import PlatformHandler

UNBUILT: dict[str, tuple[tuple[str, ...], str]] = {
    "/threads/{thread_id}/stream": (("get",), "the stream of a thread"),
    "/threads/{thread_id}/stream/events": (("post",), "the event streaming protocol"),
    "/threads/{thread_id}/commands": (("post",), "the event streaming protocol"),
}
"""Path: (verbs, what it would be)."""


def answer_501(feature: str) -> Any:
    """A method that says what is missing."""

    async def method(self: PlatformHandler, **path: str) -> None:
        self.raise_refusal()
        raise HTTPError(501, f"Not available on this server yet: {feature}")

    return method
