"""Follows a graph through its stream: one feed gives node events, read model, outcome and frames."""

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.pregel import Pregel
from langgraph.stream import ProtocolEvent

from duragraph_ext.core.commands.workers import Claim

from .config import run_context
from .frames import Framer, event_frame, graph_modes
from .jsontext import loose_dumps
from .langgraph_inside import INTERRUPT
from .nodes import NodeLog
from .outlet import Outlet
from .protocol import ProtocolFramer, Tap
from .readmodel import ReadModel
from .recording import Recording, now
from .snapshots import unsettled_views

Parts = AsyncGenerator[Any, None]
log = logging.getLogger(__name__)
DONE_BYTES = 512 << 10
"""Final values up to this size travel with the news that the run has ended."""


def is_stepwise(kwargs: Mapping[str, Any]) -> bool:
    """Whether a graph waits for us before each step: between its last part of one and the next, no node runs.

    In a run that makes events LangGraph follows the graph for us, and runs ahead.
    """
    return not kwargs.get("protocol") and "events" not in (kwargs.get("stream_mode") or ())


class Stream:
    """A run's graph while it works. `next` are the nodes that would come next; `outlet` takes frames, if any."""

    def __init__(
        self,
        claim: Claim,
        graph: Pregel[Any, Any, Any, Any],
        info: Mapping[str, Any],
        recording: Recording,
        readmodel: ReadModel,
        nodes: NodeLog,
        outlet: Outlet | None,
    ) -> None:
        self.readmodel = readmodel
        self.outlet = outlet
        self.nodes = nodes
        self.next: Sequence[str] = ()
        self._claim = claim
        self._graph = graph
        self._recording = recording
        self._kwargs = kwargs = claim.kwargs
        self._modes: Sequence[str] = kwargs.get("stream_mode") or ["values"]
        self._nested = bool(kwargs.get("subgraphs")) or bool(info["subs"])
        self._framer = Framer(
            self._modes,
            subgraphs=bool(kwargs.get("subgraphs")),
            temporary=bool(kwargs.get("temporary")),
            nested=tuple(info["subs"]),
            thread_id=str(claim.thread_id),
        )
        self._protocol = ProtocolFramer() if kwargs.get("protocol") else None
        self._values: tuple[Any] | None = None
        self._begun = False

    async def run(self, begins: Any, config: RunnableConfig) -> None:
        """Run the graph to its end or its next pause. Raises what the graph raises."""
        options: dict[str, Any] = {
            "stream_mode": graph_modes(self._modes),
            "output_keys": self._graph.output_channels,
            "subgraphs": self._nested,
            "durability": "exit" if self._kwargs.get("durability") == "exit" else "sync",
            "context": run_context(self._claim, self._graph.context_schema),
            "interrupt_before": self._kwargs.get("interrupt_before"),
            "interrupt_after": self._kwargs.get("interrupt_after"),
        }
        if self._protocol is not None:
            await self._run_protocol(self._protocol, begins, config, options)
            return
        make = self._parts if is_stepwise(self._kwargs) else self._with_events
        async with aclosing(make(begins, config, options)) as parts:
            async for part in parts:
                ns, mode, payload = part if self._nested else ((), *part)
                self._take(ns, mode, payload)
                if mode == "tasks" and not ns and "input" in payload:
                    await self._recording.release()

    async def settle(self, *, complete: bool) -> None:
        """Ask the graph for what stored rows cannot say about where it stopped."""
        half_done, amended = self.readmodel.unsettled
        half_done = half_done and not complete
        if not half_done and not amended:
            return
        thread_id = str(self._claim.thread_id)
        try:
            views = await unsettled_views(self._graph, thread_id, half_done=half_done, amended=amended)
        except Exception as error:
            if self._recording.error is None:
                log.warning("run %s: its state shows the step's start: %r", self._claim.run_id, error)
            return
        op = self._recording.op()
        for (ns, checkpoint_id), text in views.items():
            op.json_checkpoint(thread_id, ns, checkpoint_id, None, text)

    def final_values(self) -> bytes | None:
        """The last `values` part as JSON; None if there was none or it is too large to send."""
        if self._values is None:
            return None
        data = loose_dumps(self._values[0])
        return data if len(data) <= DONE_BYTES else None

    def _parts(self, begins: Any, config: RunnableConfig, options: Mapping[str, Any]) -> Parts:
        return cast(Parts, self._graph.astream(begins, config, **options))

    async def _with_events(self, begins: Any, config: RunnableConfig, options: Mapping[str, Any]) -> Parts:
        """The stream's parts; LangChain's events become frames on the way."""
        run_id = str(self._claim.run_id)
        events = cast(Parts, self._graph.astream_events(begins, config, version="v2", **options))
        async with aclosing(events):
            async for event in events:
                if event["event"] == "on_chain_stream" and event["run_id"] == run_id:
                    yield event["data"]["chunk"]
                elif self.outlet is not None:
                    self.outlet.push(event_frame(event))

    async def _run_protocol(
        self, framer: ProtocolFramer, begins: Any, config: RunnableConfig, options: Mapping[str, Any]
    ) -> None:
        """Run the graph through LangGraph's v3 stream: the tap gives what we always need, its events become frames."""

        def tap(event: ProtocolEvent) -> None:
            params = event["params"]
            payload, asked = params["data"], params.get("interrupts")
            if asked:
                payload = {**payload, INTERRUPT: list(asked)}
            self._take(tuple(params["namespace"]), event["method"], payload)
            if event["method"] == "tasks":  # LangGraph folds them into `lifecycle`
                self._show(framer, event)

        owned = {name: value for name, value in options.items() if name not in ("stream_mode", "subgraphs")}
        stream = await self._graph.astream_events(
            begins, config, version="v3", transformers=[lambda scope: Tap(scope, tap)], **owned
        )
        async with stream:
            async for event in stream:
                self._show(framer, event)

    def _show(self, framer: ProtocolFramer, event: ProtocolEvent) -> None:
        if self.outlet is not None:
            for frame in framer.frames(event):
                self.outlet.push(frame)

    def _take(self, ns: tuple[str, ...], mode: str, payload: Any) -> None:
        if not self._begun:
            self._begun = True
            if self.readmodel.interrupted_before:
                self._recording.op().resolve_interrupts(self._claim.thread_id, now())
        if mode == "tasks":
            self.nodes.task(ns, payload)
        elif mode == "checkpoints":
            self.readmodel.saw(payload)
            self.nodes.at(ns, payload)
            if not ns:
                self.next = payload["next"]
        elif mode == "values" and not ns:
            self._values = (_outcome(self._values, payload),)
        if self.outlet is not None and self._protocol is None:
            for frame in self._framer.frames(ns, mode, payload):
                self.outlet.push(frame)


def _outcome(before: tuple[Any] | None, values: Any) -> Any:
    """The values a run ends with, as LangGraph's server has them.

    Once a question was asked, only another one counts; of several only the questions remain.
    """
    if before is None or not _asks(before[0]):
        return values
    if not _asks(values):
        return before[0]
    return {INTERRUPT: [*before[0][INTERRUPT], *values[INTERRUPT]]}


def _asks(values: Any) -> bool:
    return isinstance(values, dict) and INTERRUPT in values
