"""What every page has: the viewer's API, a live feed, a notice line, and a pace of five updates a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.document import Document
from panel.io.state import set_curdoc
from panel.viewable import Viewable

from duragraph_dashboard.api import Api, ApiAddress, ApiError
from duragraph_dashboard.credentials import viewer
from duragraph_dashboard.feed import LONGEST_PAUSE, Feed, FeedQuery, FeedState
from duragraph_dashboard.view import View

PACE_SECONDS = 0.2
TEMPLATES = Path(__file__).parent.parent / "templates"
SIGN_IN = "Jupyter does not know who you are. Open the dashboard from JupyterLab, or sign in and reload."

log = logging.getLogger(__name__)


class Page:
    """One open page of one viewer. Subclasses name their template, make views and say how they load."""

    title = "DuraGraph"
    template = ""
    here = ""

    def __init__(self, address: ApiAddress) -> None:
        document = pn.state.curdoc
        if document is None:
            raise RuntimeError("A page is made for a session")
        self.document: Document = document
        self.api = Api(address, viewer.get())
        self.feed_state = FeedState.CONNECTING
        self.problem = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed: dict[str, Callable[[], None]] = {}
        self._woken = asyncio.Event()
        self.status = View("status", self._status)

    @classmethod
    def build(cls, address: ApiAddress) -> pn.Template:
        """Make the page for the session that is being opened."""
        page = cls(address)
        template = pn.Template(
            template=(TEMPLATES / "page.html")
            .read_text(encoding="utf-8")
            .replace("<!-- content -->", (TEMPLATES / cls.template).read_text(encoding="utf-8")),
        )
        template.add_variable("page_title", cls.title)
        template.add_variable("here", cls.here)
        template.add_variable("id", page.argument("id"))
        template.add_panel("status", page.status)
        for name, view in page.views().items():
            template.add_panel(name, view)
        pn.state.onload(page._start)
        pn.state.on_session_destroyed(lambda _context: page._end())
        return template

    def views(self) -> dict[str, Viewable]:
        """The page's views by their name in the template."""
        raise NotImplementedError

    async def load(self) -> None:
        """Read what the page shows first and start what keeps it true."""
        raise NotImplementedError

    def argument(self, name: str) -> str:
        """A value of the page's address."""
        values = pn.state.session_args.get(name, [b""])
        return str(values[-1].decode("utf-8", "replace"))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` until the page is closed; what goes wrong in it is told on the page."""
        task = asyncio.get_running_loop().create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def change(self, name: str, apply: Callable[[], None]) -> None:
        """Apply a change to the page at its next beat; the last of one name wins."""
        self._changed[name] = apply
        self._woken.set()

    def follow(
        self,
        query: FeedQuery,
        on_connect: Callable[[], Coroutine[Any, Any, None]],
        on_event: Callable[[dict[str, Any]], Coroutine[Any, Any, None]],
    ) -> None:
        """Follow the live feed."""
        feed = Feed(self.api, query, on_connect=on_connect, on_event=on_event, on_state=self._on_feed)
        self.spawn(feed.run())

    async def keep_fresh(
        self, stale: asyncio.Event, read: Callable[[], Coroutine[Any, Any, None]], settle: float
    ) -> None:
        """Read again when `stale` is set: once for all the events of a moment, `settle` seconds apart."""
        while True:
            await stale.wait()
            stale.clear()
            try:
                await read()
            except ApiError as error:
                if error.status == 401:
                    raise
                if error.is_passing:
                    stale.set()
                    await asyncio.sleep(LONGEST_PAUSE)
                else:
                    self.tell(error.detail)
            await asyncio.sleep(settle)

    def tell(self, problem: str) -> None:
        """Show a problem on the page; an empty text takes it away."""
        self.problem = problem
        self.change("status", self.status.draw)

    def _status(self) -> dict[str, Any]:
        missing = self.feed_state in (FeedState.SIGNED_OUT, FeedState.NOT_FOUND)
        return {"feed": self.feed_state.value, "problem": self.problem, "missing": missing}

    def _on_feed(self, state: FeedState) -> None:
        self.feed_state = state
        if state is FeedState.LIVE:
            self.problem = ""
        if state is FeedState.SIGNED_OUT:
            self.problem = SIGN_IN
        self.change("status", self.status.draw)

    async def _start(self) -> None:
        self.spawn(self._beat())
        self.spawn(self._load())

    async def _load(self) -> None:
        while True:
            try:
                return await self.load()
            except ApiError as error:
                if not error.is_passing:
                    raise
            self._on_feed(FeedState.RECONNECTING)
            await asyncio.sleep(LONGEST_PAUSE)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ApiError as error:
            if error.status == 401:
                self._on_feed(FeedState.SIGNED_OUT)
            elif error.status == 404 and self.feed_state is FeedState.CONNECTING:
                self.problem = error.detail
                self._on_feed(FeedState.NOT_FOUND)
            else:
                self.tell(error.detail)
        except Exception:
            log.exception("A page's work failed")
            self.tell("The dashboard made an error; its log says which. Reload the page to go on.")

    async def _beat(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            self.document.add_next_tick_callback(self._apply)
            await asyncio.sleep(PACE_SECONDS)

    def _apply(self) -> None:
        changes, self._changed = self._changed, {}
        with set_curdoc(self.document):
            for apply in changes.values():
                apply()

    def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        asyncio.get_running_loop().create_task(self.api.close())
