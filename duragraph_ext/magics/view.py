"""The live view of a run: widgets fed from the client's background thread, so that the kernel stays free."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from functools import partial
from typing import Any, ClassVar

import ipywidgets as widgets
from IPython.core.getipython import get_ipython
from IPython.display import display

from duragraph_ext.client import panes
from duragraph_ext.client.client import Client
from duragraph_ext.client.drawing import GraphShape
from duragraph_ext.client.errors import DuraGraphError
from duragraph_ext.client.live import Follower
from duragraph_ext.client.progress import Progress
from duragraph_ext.client.runs import Run
from duragraph_ext.magics.form import AnswerForm

log = logging.getLogger(__name__)

LEAST_SECONDS = 0.15
"""Between two updates of the widgets: about seven a second at most."""
MANY = 5
"""With more views of working runs than this, each is updated more rarely, so that the kernel stays quick."""
TICK_SECONDS = 0.5
"""How often the clock and the open bars of a working run move."""
CATCH_UP_SECONDS = 3.0
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class LiveView:
    """Shows a run and the runs that resume it. When it ends, the output becomes plain HTML that stays."""

    living: ClassVar[set[LiveView]] = set()

    def __init__(self, client: Client, run: Run, graph_id: str = "") -> None:
        self._client = client
        self.run = run
        self.progress = Progress(graph_id, run.thread_id)
        self._shape: GraphShape | None = None
        self._shape_of = ""
        self._changed = asyncio.Event()
        self._output_changed = asyncio.Event()
        self._forms: dict[str, AnswerForm] = {}
        self._published: tuple[Any, ...] = ()
        self._ended = False
        self._panes = {name: widgets.HTML() for name in ("header", "graph", "timeline", "talk", "outcome")}
        self.cancel_button = widgets.Button(
            description="Cancel", icon="stop", layout=widgets.Layout(width="96px", flex="0 0 auto")
        )
        self.cancel_button.on_click(lambda _: client.portal.start(self._cancel()))
        self.continue_button = widgets.Button(description="Continue", layout=widgets.Layout(display="none"))
        self.continue_button.on_click(lambda _: client.portal.start(self._go_on(None)))
        self.questions = widgets.VBox()
        head = widgets.HBox(
            [self._panes["header"], self.cancel_button],
            layout=widgets.Layout(justify_content="space-between", align_items="center"),
        )
        rest = [self._panes[name] for name in ("graph", "timeline", "talk")]
        self.widget = widgets.VBox([head, *rest, self.questions, self.continue_button, self._panes["outcome"]])
        self._handle: Any = None
        self._told = ""
        self._redraws = hasattr(get_ipython(), "kernel")
        """A terminal prints an update as another line, so there only news are worth one."""

    def show(self) -> None:
        """Put the view into the running cell's output, and keep it true from now on."""
        self._told = self.progress.describe(self.run.run_id)
        self._handle = display(  # type: ignore[no-untyped-call]
            self._bundle(), raw=True, display_id=True
        )
        self._client.watch(self.run, self)
        self._client.portal.start(self._keep())

    async def caught_up(self, run_id: str) -> None:
        """Return once the output shows how a run ended; headless clients get the output again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while not self._shows_end(run_id):
                    self._output_changed.clear()
                    await self._output_changed.wait()
        self._publish()

    def _shows_end(self, run_id: str) -> bool:
        if self._ended:
            return True
        *earlier, last = [phase.run_id for phase in self.progress.phases] or [""]
        rests = last == run_id and self.progress.is_paused and self._published == self._milestone()
        return rests or run_id in earlier

    async def _keep(self) -> None:
        follower = Follower(self._client.aio, self.run.thread_id, self.run.run_id, self.progress, self._changed.set)
        work = asyncio.create_task(follower.follow())
        self.living.add(self)
        try:
            while not work.done():
                await self._render()
                await self._change(work)
            work.result()
        except Exception as error:
            log.exception("the live view of run %s stopped", self.run.run_id)
            self.progress.trouble = f"{type(error).__name__}: {error}"
        finally:
            work.cancel()
            self.living.discard(self)
        await self._render()
        self._ended = True
        self._publish()
        self._close()

    async def _change(self, work: asyncio.Task[None]) -> None:
        """Wait for news, or for the clock's next tick while the run works."""
        working = bool(self.progress.phases) and not self.progress.is_over
        woken = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait(
                (woken, work),
                timeout=TICK_SECONDS if working else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            woken.cancel()
        busy = sum(not view.progress.is_over for view in self.living)
        await asyncio.sleep(LEAST_SECONDS * max(1.0, busy / MANY))
        self._changed.clear()

    async def _render(self) -> None:
        progress, now = self.progress, self._now()
        if progress.graph_id != self._shape_of:
            self._shape_of = progress.graph_id
            with contextlib.suppress(DuraGraphError):
                self._shape = await self._client.shape_of(progress.graph_id)
        drawn = {
            "header": panes.header(progress, now),
            "graph": panes.graph(progress, self._shape),
            "timeline": panes.timeline(progress, now),
            "talk": panes.talk(progress),
            "outcome": panes.outcome(progress),
        }
        for name, html in drawn.items():
            if self._panes[name].value != html:
                self._panes[name].value = html
        self.cancel_button.layout.display = "none" if progress.is_over else ""
        self._ask()
        if self._published != self._milestone():
            self._publish()

    def _ask(self) -> None:
        """Show a form for every open question, once its run has come to rest."""
        progress = self.progress
        wanted = progress.questions if progress.is_paused else {}
        for key in [key for key in self._forms if key not in wanted]:
            self._forms.pop(key).close()
        for key, question in wanted.items():
            if key not in self._forms:
                self._forms[key] = AnswerForm(question, partial(self._answer, key))
        forms = tuple(form.widget for form in self._forms.values())
        if self.questions.children != forms:
            self.questions.children = forms
        at_breakpoint = progress.is_paused and not progress.questions
        self.continue_button.layout.display = "" if at_breakpoint else "none"

    def _answer(self, key: str, value: Any) -> None:
        several = len(self.progress.questions) > 1
        self._client.portal.start(self._go_on({"resume": {key: value} if several else value}, key))

    async def _go_on(self, command: dict[str, Any] | None, key: str = "") -> None:
        """Start the run that resumes this one; the follower finds it by its event."""
        try:
            await self._client.aio.create_run(self.run.thread_id, self.progress.graph_id, command=command, input=None)
        except DuraGraphError as error:
            if key in self._forms:
                self._forms[key].complain(str(error))
            else:
                self._panes["outcome"].value = panes.failure("not continued", str(error))

    async def _cancel(self) -> None:
        self.cancel_button.disabled = True
        try:
            await self._client.aio.cancel(self.run.thread_id, self.progress.phases[-1].run_id)
        except (DuraGraphError, IndexError) as error:
            self._panes["outcome"].value = panes.failure("not cancelled", str(error))
        finally:
            self.cancel_button.disabled = False

    def _milestone(self) -> tuple[Any, ...]:
        """What the static output must tell: it is published again when this changes."""
        progress = self.progress
        return (progress.status, progress.is_over, tuple(progress.questions), progress.trouble, self._ended)

    def _publish(self) -> None:
        self._published = self._milestone()
        self._output_changed.set()
        bundle = self._bundle()
        told, self._told = self._told, bundle["text/plain"]
        if self._handle is not None and (self._redraws or told != self._told):
            self._handle.update(bundle, raw=True)

    def _bundle(self) -> dict[str, Any]:
        """The output: while it lives a widget, and always HTML and text for those who show no widgets."""
        html = panes.snapshot(self.progress, self._shape, self._now())
        bundle: dict[str, Any] = {"text/plain": self.progress.describe(self.run.run_id), "text/html": html}
        if not self._ended:
            view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
            bundle[WIDGET_VIEW] = view
        return bundle

    def _now(self) -> float:
        return time.time() + self._client.clock_offset

    def _close(self) -> None:
        """Free the widgets: the output does not need them any more."""
        for form in self._forms.values():
            form.close()
        parts = (*self._panes.values(), self.cancel_button, self.continue_button, self.questions, self.widget)
        for widget in parts:
            widget.close()
