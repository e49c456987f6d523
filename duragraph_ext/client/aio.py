"""The API as coroutines, one a route, with plain dictionaries; the objects and the dashboard stand on it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from duragraph_ext.client.discovery import Endpoint, discover
from duragraph_ext.client.errors import RunFailed
from duragraph_ext.client.sse import StreamPart
from duragraph_ext.client.transport import RETRY_SECONDS, Transport

Json = dict[str, Any]

DEFAULT_MODES = ("values", "messages-tuple", "custom")
"""What a run streams unless told otherwise: enough to show it live and to join it later."""


def seg(text: str) -> str:
    """A path segment."""
    return quote(str(text), safe="")


class AsyncClient:
    """The server's routes. `AsyncClient()` finds the server as `Client()` does."""

    def __init__(self, endpoint: Endpoint | None = None) -> None:
        self.endpoint = endpoint or discover().found()
        self.transport = Transport(self.endpoint)

    async def close(self) -> None:
        """Close the connections."""
        await self.transport.close()

    # The server

    async def info(self) -> Json:
        """What the server is."""
        found: Json = await self.transport.get("info")
        return found

    async def workers(self, *, seconds: float = RETRY_SECONDS) -> list[Json]:
        """The workers, with the runs they hold."""
        found: list[Json] = await self.transport.get("workers", seconds=seconds)
        return found

    async def queue(self) -> Json:
        """How much waits and works."""
        found: Json = await self.transport.get("queue")
        return found

    async def graphs(self, *, seconds: float = RETRY_SECONDS) -> list[Json]:
        """The graphs that workers registered, broken ones with their error."""
        found: list[Json] = await self.transport.get("graphs", seconds=seconds)
        return found

    async def kill_worker(self, worker_id: str) -> None:
        """SIGKILL a worker of the server's machine."""
        await self.transport.post(f"workers/{seg(worker_id)}/kill")

    # Assistants

    async def search_assistants(self, graph_id: str | None = None, limit: int = 100) -> list[Json]:
        """Assistants, newest first."""
        body: Json = {"limit": limit} | ({"graph_id": graph_id} if graph_id else {})
        found: list[Json] = await self.transport.post("assistants/search", body, seconds=RETRY_SECONDS)
        return found

    async def get_assistant(self, assistant_id: str) -> Json:
        """An assistant by its id."""
        found: Json = await self.transport.get(f"assistants/{seg(assistant_id)}")
        return found

    async def graph_json(self, assistant: str, *, xray: bool | int = False) -> Json:
        """The topology of an assistant's graph; `assistant` is an id or a graph's name."""
        params = {"xray": str(xray).lower()} if xray else None
        found: Json = await self.transport.get(f"assistants/{seg(assistant)}/graph", params)
        return found

    async def schemas(self, assistant_id: str) -> Json:
        """The JSON schemas of an assistant's graph."""
        found: Json = await self.transport.get(f"assistants/{seg(assistant_id)}/schemas")
        return found

    # Threads

    async def create_thread(
        self, thread_id: str | None = None, metadata: Json | None = None, key: str | None = None
    ) -> Json:
        """Make a thread; an id that exists is taken as it is, and a `key` that was used before names its thread."""
        body: Json = {"metadata": metadata or {}, "if_exists": "do_nothing"}
        if thread_id or not key:
            body["thread_id"] = thread_id or str(uuid.uuid4())
        found: Json = await self.transport.post("threads", body, key=key, seconds=RETRY_SECONDS)
        return found

    async def get_thread(self, thread_id: str) -> Json:
        """A thread."""
        found: Json = await self.transport.get(f"threads/{seg(thread_id)}")
        return found

    async def search_threads(self, status: str | None = None, limit: int = 20) -> list[Json]:
        """Threads, newest first."""
        body: Json = {"limit": limit} | ({"status": status} if status else {})
        found: list[Json] = await self.transport.post("threads/search", body, seconds=RETRY_SECONDS)
        return found

    async def state(self, thread_id: str, checkpoint_id: str | None = None) -> Json:
        """A thread's state, now or at a checkpoint."""
        at = f"/{seg(checkpoint_id)}" if checkpoint_id else ""
        found: Json = await self.transport.get(f"threads/{seg(thread_id)}/state{at}")
        return found

    async def history(self, thread_id: str, limit: int = 10) -> list[Json]:
        """A thread's states, newest first."""
        path = f"threads/{seg(thread_id)}/history"
        found: list[Json] = await self.transport.post(path, {"limit": limit}, seconds=RETRY_SECONDS)
        return found

    # Runs

    async def create_run(
        self,
        thread_id: str,
        assistant: str,
        *,
        stream_mode: Sequence[str] = DEFAULT_MODES,
        key: str | None = None,
        **fields: Any,
    ) -> Json:
        """Create a run; safe to repeat, so it waits for a server that restarts. A used `key` names its run.

        `fields` are those of LangGraph's API: input, command, config, context, metadata, interrupt_before …
        """
        body: Json = {key: value for key, value in fields.items() if value is not None or key == "input"}
        body["assistant_id"] = assistant
        if stream_mode:
            body |= {"stream_mode": list(stream_mode), "stream_resumable": True, "stream_subgraphs": True}
        found: Json = await self.transport.post(
            f"threads/{seg(thread_id)}/runs", body, key=key or str(uuid.uuid4()), seconds=RETRY_SECONDS
        )
        return found

    async def get_run(self, run_id: str) -> Json:
        """A run with its graph, worker, attempt and times."""
        found: Json = await self.transport.get(f"runs/{seg(run_id)}")
        return found

    async def list_runs(self, **query: Any) -> list[Json]:
        """Runs of all threads, newest first; filters as the route has them."""
        found: list[Json] = await self.transport.get("runs", query)
        return found

    async def thread_runs(self, thread_id: str, limit: int = 100) -> list[Json]:
        """A thread's runs, newest first."""
        found: list[Json] = await self.transport.get(f"threads/{seg(thread_id)}/runs", {"limit": limit})
        return found

    async def join(self, thread_id: str, run_id: str, timeout: float | None = None) -> Any:
        """Wait for a run's end and return the thread's values.

        Raises RunFailed as the run did, TimeoutError after `timeout` seconds.
        """
        path = f"threads/{seg(thread_id)}/runs/{seg(run_id)}/join"
        async with asyncio.timeout(timeout):
            values = await self.transport.get(path)
        error = values.get("__error__") if isinstance(values, Mapping) else None
        if error:
            raise RunFailed(run_id, str(error.get("error", "Error")), str(error.get("message", "")))
        return values

    async def cancel(self, thread_id: str, run_id: str, *, action: str = "interrupt") -> None:
        """Ask for a run's end; `rollback` also takes back what it did."""
        path = f"threads/{seg(thread_id)}/runs/{seg(run_id)}/cancel"
        await self.transport.post(path, params={"action": action, "wait": "false"})

    def run_stream(
        self,
        thread_id: str,
        run_id: str,
        modes: Sequence[str] = (),
        *,
        last_id: str = "-1",
        is_over: Callable[[], bool],
        on_connection: Callable[[bool], None] = lambda connected: None,
    ) -> AsyncGenerator[StreamPart, None]:
        """What a run streams, from after `last_id` ("-1": from its start), across lost connections."""
        path = f"threads/{seg(thread_id)}/runs/{seg(run_id)}/stream"
        return self.transport.follow(
            path,
            {"stream_mode": list(modes)} if modes else None,
            last_id=last_id,
            is_over=is_over,
            on_connection=on_connection,
        )

    # Events

    async def run_events(self, run_id: str) -> list[Json]:
        """All events of a run, oldest first."""
        events: list[Json] = []
        while True:
            after = events[-1]["version"] if events else 0
            page = await self.transport.get(f"runs/{seg(run_id)}/events", {"after": after, "limit": 1000})
            events += page
            if len(page) < 1000:
                return events

    async def executions(self, run_id: str) -> list[Json]:
        """The node executions of a run."""
        found: list[Json] = await self.transport.get(f"runs/{seg(run_id)}/executions")
        return found

    async def interrupts(self, *, status: str | None = "open", thread_id: str | None = None) -> list[Json]:
        """Questions that wait for an answer, or that had one."""
        found: list[Json] = await self.transport.get("interrupts", {"status": status, "thread_id": thread_id})
        return found

    def event_stream(
        self,
        *,
        run_id: str | None = None,
        thread_id: str | None = None,
        types: Sequence[str] = (),
        after: str = "0",
        is_over: Callable[[], bool] = lambda: False,
        on_connection: Callable[[bool], None] = lambda connected: None,
    ) -> AsyncGenerator[StreamPart, None]:
        """Events as they are committed, from after a global sequence ("0": from the first).

        `types` are event types or families such as `run`.
        """
        return self.transport.follow(
            "events/stream",
            {"run_id": run_id, "thread_id": thread_id, "types": list(types) or None, "after": after},
            is_over=is_over,
            on_connection=on_connection,
        )
