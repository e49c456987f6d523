"""Calls the webhooks of runs that have ended: at least once, signed, with back-off, each without waiting for others."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from psycopg.rows import DictRow

from ...telemetry import metrics
from ..commands.webhook_targets import Unresolved
from ..commands.webhooks import (
    claim_deliveries,
    keep_body,
    mark_dead,
    mark_sent,
    put_off,
    ripen_deliveries,
)
from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..domain.webhooks import Blocked
from ..eventstore.store import sql
from ..jsonx import dumps, parse
from ..queries.state import get_state
from .duty import Duty
from .sending import NotAccepted, Sender

log = logging.getLogger(__name__)
Shape: TypeAlias = Callable[[DictRow], dict[str, Any]]
"""Gives a run as the API shows it."""
MAX_ATTEMPTS = 6
BACKOFF, FACTOR = 1.0, 4.0
"""Seconds until the second try, and how much longer each next pause is: 1, 4, 16, 64, 256 s."""
LEASE = 15.0
"""Seconds that a try may take with all around it; then whoever leads makes the next."""
CONCURRENT, PER_HOST = 16, 4
BUSY, IDLE = 0.5, 1.0
"""Seconds between looks while runs with a webhook work, and otherwise."""


class Webhooks(Duty):
    """Claims what is due and sends it in the background; a try that ends makes it look again."""

    backoff = BACKOFF

    def __init__(self, core: Core, shape: Shape, sender: Sender | None = None) -> None:
        super().__init__(core)
        self._shape = shape
        self._sender = sender or Sender(core.config.webhooks)
        self._sending: dict[asyncio.Task[None], str] = {}
        self._next_look_at_runs = 0.0

    async def work(self) -> float:
        """Start what is due, as far as there is room; the seconds until the next look."""
        found = await self._look()
        if found["waiting"] and time.monotonic() >= self._next_look_at_runs:
            self._next_look_at_runs = time.monotonic() + BUSY
            if await ripen_deliveries(self.core):
                found = await self._look()
        free = CONCURRENT - len(self._sending)
        if free and found["seconds"] is not None and found["seconds"] <= 0:
            busy = [host for host, count in Counter(self._sending.values()).items() if count >= PER_HOST]
            for delivery in await claim_deliveries(self.core, free, PER_HOST, busy, LEASE):
                task = asyncio.create_task(self._deliver(delivery))
                self._sending[task] = delivery["host"]
                task.add_done_callback(self._sent)
            found = await self._look()
        if self._sending or found["seconds"] is None:
            return BUSY if self._sending or found["waiting"] else IDLE
        return float(min(BUSY, max(found["seconds"], 0.01)))

    async def _look(self) -> DictRow:
        found = await self.core.db.fetchone(sql("webhooks", "pause"))
        assert found is not None
        return found

    async def stop(self) -> None:
        """Break off what is under way; whoever leads next tries it again."""
        for task in self._sending:
            task.cancel()
        if self._sending:
            await asyncio.wait(self._sending, timeout=1)
        await self._sender.close()

    def _sent(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        if not task.cancelled() and task.exception() is not None:
            log.warning("a webhook is tried again: %s", type(task.exception()).__name__)
        self.wake.set()

    async def _deliver(self, delivery: DictRow) -> None:
        if delivery["attempts"] > MAX_ATTEMPTS:
            await self._failed(delivery, "broken_off", "the last try was broken off", final=True)
            return
        body = delivery["body"]
        if body is None:
            body = await self._body(delivery)
            await keep_body(self.core, delivery, body)
        try:
            status = await self._sender.send(delivery["url"], str(delivery["delivery_id"]), bytes(body))
        except Unresolved as error:
            await self._failed(delivery, "unresolved", str(error), final=False)
        except Blocked as error:
            await self._failed(delivery, "blocked", str(error), final=True)
        except NotAccepted as error:
            await self._failed(delivery, "not_accepted", str(error), final=False)
        else:
            metrics.webhooks_tried.labels("sent").inc()
            await mark_sent(self.core, delivery, status)

    async def _failed(self, delivery: DictRow, result: str, error: str, *, final: bool) -> None:
        metrics.webhooks_tried.labels(result).inc()
        if final or delivery["attempts"] >= MAX_ATTEMPTS:
            log.warning("the webhook of run %s is given up: %s", delivery["run_id"], error)
            await mark_dead(self.core, delivery, error)
        else:
            pause = self.backoff * FACTOR ** (delivery["attempts"] - 1)
            await put_off(self.core, delivery, error, pause)

    async def _body(self, delivery: DictRow) -> bytes:
        """The run as the API shows it, with its times, the thread's values at its end, and its error."""
        identity = (delivery["run_id"], delivery["tenant_id"], delivery["owner"])
        run = await self.core.db.fetchone(sql("webhooks", "run"), identity)
        assert run is not None
        shown = self._shape(run)
        shown["kwargs"] = {**shown["kwargs"], "webhook": delivery["host"]}
        if run["rolled_back"]:
            shown["status"] = "rollback"
        now = await self.core.db.fetchone(sql("crons", "clock"))
        assert now is not None
        shown |= {
            "run_started_at": run["started_at"], "run_ended_at": run["ended_at"], "webhook_sent_at": now["now"],
            "values": await self._values(run, Principal(delivery["tenant_id"], delivery["owner"])),
        }  # fmt: skip
        if run["error"] is not None:
            shown["error"] = parse(run["error"])
        return dumps(shown)

    async def _values(self, run: DictRow, principal: Principal) -> Any:
        if run["checkpoint_id"] is None or run["rolled_back"]:
            return None
        try:
            state = await get_state(self.core, principal, run["thread_id"], {"checkpoint_id": run["checkpoint_id"]})
        except NotFound:  # deleted since
            return None
        return state["values"]
