"""A view: a piece of the page drawn by our own script, fed by messages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

Handler = Callable[[dict[str, Any]], None]


class View(JSComponent):
    """Draws `kind` (a name in assets/views.js) from plain JSON values, user text as text nodes only.

    `draw` states the whole content and `patch` a difference to it. Both may come before the browser has
    drawn anything: it asks for the whole content when it is ready.
    """

    kind = param.String()

    _esm = "export const render = (context) => globalThis.duragraph.render(context);"
    _stylesheets: ClassVar[list[str]] = ["assets/views.css"]

    def __init__(self, kind: str, whole: Callable[[], dict[str, Any]], **handlers: Handler) -> None:
        super().__init__(kind=kind, sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]
        self._whole = whole
        self._handlers = handlers
        self._ready = False

    def draw(self) -> None:
        """Draw the whole content anew."""
        if self._ready:
            self._send_msg({"show": self._whole(), "now": time.time()})

    def patch(self, difference: dict[str, Any]) -> None:
        """Send a difference to what is drawn."""
        if self._ready:
            self._send_msg({"patch": difference, "now": time.time()})

    def go(self, page: str) -> None:
        """Take the viewer to another page of the dashboard, given relative to this one."""
        self._send_msg({"go": page})

    def address(self, page: str) -> None:
        """Change the page's address without leaving it."""
        self._send_msg({"address": page})

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if data.get("ready"):
            self._ready = True
            self.draw()
            return
        handler = self._handlers.get(str(data.get("do")))
        if handler is not None:
            handler(data)
