"""A worker: takes runs while it has slots, executes them, and lets go of them when it is told to or must."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
from nats.aio.msg import Msg

from duragraph_ext import failpoints
from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.commands.index import open_index
from duragraph_ext.core.commands.workers import (
    ClaimRequest,
    claim,
    claim_waiting,
    drain_worker,
    register_worker,
    release_run,
    release_runs,
    runs_of,
    set_keeper,
    stop_worker,
)
from duragraph_ext.core.commands.workers import (
    Worker as Registration,
)
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.domain.items import DEFAULTS, StoreSettings
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.messaging.dispatch import Hint, WorkQueue

from .answering import Answering
from .catalogue import Catalogue
from .embedding import make_embedder
from .keeping import Keeping
from .project import Project
from .questions import QUESTIONS
from .run import Execution
from .slots import Slots
from .threads import NodeThreads

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
"""How often Postgres is asked for runs whose hints were lost."""
LOOK_AWAY_SECONDS = 0.3
"""The same while hints cannot come: NATS is away, or has no consumers."""
LOOK_ON_SECONDS = 0.05
"""How long hints are waited for where the last look left runs behind."""
PATIENCE_SECONDS = 10.0
"""How long a worker's calls wait for a database that is away; its runs' writes wait for ever."""
GRACE_SECONDS = 3.0
"""How long a cancelled run may go on before its worker's process ends."""
NOTE_SECONDS = 1.0
"""Between two tries to note the process that keeps the lease."""
ANSWER_SECONDS = 0.5
"""How long a worker that stops still works on questions."""
IGNORED_CANCEL = 70
LEASE_LOST = 75
"""Exit statuses."""


@dataclass(frozen=True)
class WorkerSettings:
    """Where the data plane is, and how a worker behaves. Secrets stand in files."""

    dsn: str
    nats_url: str
    nats_token_file: str | None = None
    name: str = "worker"
    slots: int = 16
    lease_seconds: float = 15.0
    run_timeout: float = 3600.0
    kernel_id: str | None = None
    principal: Principal = LOCAL
    store: StoreSettings = DEFAULTS


class Worker:
    """Lives on one event loop. `quit` ends the process, or what stands for it in a notebook."""

    def __init__(
        self,
        settings: WorkerSettings,
        catalogue: Catalogue,
        project: Project | None = None,
        quit: Callable[[int], None] = os._exit,
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.worker_id = uuid4()
        self.core: Core
        self.ready = asyncio.Event()
        self._project = project
        self._quit = quit
        self._queue: WorkQueue
        self._keeping: Keeping
        self._slots: Slots
        self._answering: Answering
        self._taking = 0
        self._freed = asyncio.Event()
        self._stopping = False
        self._consuming: asyncio.Future[None] | None = None
        self._draining = False
        self._listening = False
        self._has_looked = False
        self._left_behind = False
        self._strays: set[UUID] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._threads = NodeThreads(max(32, settings.slots * 4))

    async def run(self) -> None:
        """Work until `stop`. Raises Unavailable when the database does not answer at the start."""
        settings = self.settings
        asyncio.get_running_loop().set_default_executor(self._threads)
        config = CoreConfig(
            settings.dsn,
            settings.nats_url,
            settings.nats_token_file,
            f"worker {settings.name}",
            patience=PATIENCE_SECONDS,
            store=settings.store,
        )
        self.core = await Core.open(config)
        try:
            await self._open()
            try:
                self._consuming = asyncio.ensure_future(self._consume())
                if self._stopping:
                    self._consuming.cancel()
                await asyncio.wait((self._consuming,))
                if not self._consuming.cancelled():
                    self._consuming.result()
            finally:
                await self._close()
        finally:
            await self.core.close()

    def stop(self) -> None:
        """Hand unfinished runs back and end; from the worker's own loop."""
        self._stopping = True
        if self._consuming is not None:
            self._consuming.cancel()

    async def drain(self) -> None:
        """Take no more runs, finish those under way, then end."""
        if not self._draining:
            self._draining = True
            await drain_worker(self.core, self.worker_id)
            await self._answering.stop()
            self._freed.set()

    async def cancel_all(self) -> None:
        """Cancel every run, as its owner would."""
        for execution in self._slots:
            owner = Principal(execution.claim.tenant_id, execution.claim.owner)
            with suppress(DuragraphError):
                await cancel_run(self.core, owner, execution.claim.thread_id, execution.claim.run_id)

    def status(self) -> dict[str, Any]:
        """What the worker is doing."""
        return {
            "worker_id": str(self.worker_id),
            "name": self.settings.name,
            "pid": os.getpid(),
            "keeper_pid": self._keeping.pid if self.ready.is_set() else None,
            "graphs": sorted(self.catalogue.graphs),
            "slots": self.settings.slots,
            "status": "draining" if self._draining else "alive",
            "runs": [str(execution.claim.run_id) for execution in self._slots],
            "done": self._slots.done,
        }

    async def _open(self) -> None:
        settings, core = self.settings, self.core
        if settings.store.index is not None:
            await open_index(core, make_embedder(settings.store.index, self._project))
        await self.catalogue.register(core, settings.principal, self._project)
        self._queue = WorkQueue(core.bus, self.catalogue.graphs)
        await self._queue.open()
        await core.bus.attach(self._listen)
        self._keeping = Keeping(settings.dsn, self.worker_id, settings.lease_seconds, self._lease_lost)
        self._slots = Slots(core, self.catalogue, settings.run_timeout, self._run_ended, self._keeping.set_deadline)
        self._keeping.on_restart = lambda pid: self._chore(self._note_keeper(pid))
        await register_worker(
            core,
            Registration(
                self.worker_id,
                settings.name,
                socket.gethostname(),
                os.getpid(),
                None,
                settings.kernel_id,
                sorted(self.catalogue.graphs),
                settings.slots,
                settings.lease_seconds,
                settings.principal,
            ),
        )
        await self._keeping.start()
        assert self._keeping.pid is not None
        await set_keeper(core, self.worker_id, self._keeping.pid)
        self._answering = Answering(core, self.catalogue, QUESTIONS)
        await self._answering.open()
        self.ready.set()

    async def _note_keeper(self, pid: int) -> None:
        """Say which process keeps the lease now; that is for people, and waits for a database that is away."""
        while pid == self._keeping.pid:
            try:
                await set_keeper(self.core, self.worker_id, pid)
                return
            except DuragraphError as error:
                log.warning("the new lease keeper is not noted yet: %s", error)
                await asyncio.sleep(NOTE_SECONDS)

    async def _close(self) -> None:
        """Hand back what is unfinished, after which no hint may come to this worker."""
        await self._queue.close()
        await self._answering.close(ANSWER_SECONDS)
        failpoints.hit("worker.in_drain")
        with suppress(DuragraphError):
            await asyncio.wait_for(release_runs(self.core, self.worker_id), 3)
        self._slots.abandon()
        await self._slots.empty(1)
        with suppress(DuragraphError):
            await asyncio.wait_for(stop_worker(self.core, self.worker_id), 3)
        await self._keeping.stop()
        for chore in list(self._chores):
            chore.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _consume(self) -> None:
        """Take runs until the worker is stopped, or drained and done."""
        looked_at = float("-inf")  # hints went down with whoever was here before: look at once
        while not (self._draining and not self._slots and not self._taking):
            free = self.settings.slots - len(self._slots) - self._taking
            if free <= 0 or self._draining:
                self._freed.clear()
                await self._freed.wait()
                continue
            due = looked_at + (LOOK_SECONDS if self._queue.flows else LOOK_AWAY_SECONDS)
            patience = LOOK_ON_SECONDS if self._left_behind else due - time.monotonic()
            hints = await self._queue.next(free, max(0.0, patience))
            if hints:
                self._taking += len(hints)
                self._chore(self._take(hints))
            if time.monotonic() >= due:
                looked_at = time.monotonic()
                await self._give_back_strays()
                await self._look(free - len(hints))
            elif self._left_behind and not hints:
                await self._look(free)

    async def _take(self, hints: Sequence[Hint]) -> None:
        try:
            wishes = [ClaimRequest(run_id) for run_id in {hint.run_id for hint in hints}]
            claims = await claim(self.core, self.worker_id, wishes)
            for hint in hints:
                await hint.ack()
            failpoints.hit("claim.after_ack")
            self._slots.begin(claims)
        except (DuragraphError, psycopg.Error) as error:
            log.warning("hints come again: %s", error)
        finally:
            self._taking -= len(hints)
            self._freed.set()

    async def _look(self, free: int) -> None:
        """Take runs straight from Postgres whose hints were lost, or cannot come."""
        older_than = 1.0 if self._queue.flows and self._has_looked else 0.0
        if free <= 0:
            return
        self._left_behind = False
        graphs = list(self.catalogue.graphs)
        try:
            claims, more = await claim_waiting(self.core, self.worker_id, graphs, free, older_than)
        except (DuragraphError, psycopg.Error) as error:
            log.warning("no look for waiting runs: %s", error)
            return
        self._has_looked = True
        self._left_behind |= more
        self._slots.begin(claims)

    async def _give_back_strays(self) -> None:
        """Hand back runs that are ours in the database and, look after look, not here: a claim's answer was lost."""
        try:
            theirs = await runs_of(self.core, self.worker_id)
            strays = theirs.keys() - {execution.claim.run_id for execution in self._slots}
            for run_id in strays & self._strays:
                log.warning("run %s is ours and not here: handing it back", run_id)
                await release_run(self.core, run_id, theirs[run_id], "claimed and not begun")
            self._strays = strays
        except (DuragraphError, psycopg.Error) as error:
            log.warning("no look for lost claims: %s", error)

    async def _listen(self) -> None:
        if not self._listening:
            await self.core.bus.subscribe(subjects.control(self.worker_id), self._ordered)
            self._listening = True

    async def _ordered(self, message: Msg) -> None:
        order = orjson.loads(message.data)
        if "cancel" in order:
            self._cancel(UUID(order["cancel"]))
        elif "attach" in order:
            self._slots.attach(UUID(order["attach"]))
        elif order.get("drain"):
            await self.drain()

    def _cancel(self, run_id: UUID) -> None:
        failpoints.hit("worker.in_cancel")
        if (task := self._slots.cancel(run_id)) is not None:
            self._chore(self._insist(run_id, task))

    def _run_ended(self, execution: Execution, task: asyncio.Task[None]) -> None:
        if execution.claim.is_doubtful:  # another one may come now
            self._left_behind = True
            self._queue.wake()
        self._freed.set()
        if execution.timed_out:
            self._chore(self._insist(execution.claim.run_id, task))

    async def _insist(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        """End the process when a run goes on after its end: the other runs resume elsewhere, or in the next one."""
        until = time.monotonic() + GRACE_SECONDS
        while not task.done() or self._threads.works_for(run_id):
            if time.monotonic() > until:
                log.error("run %s goes on after its end: this worker ends", run_id)
                with suppress(DuragraphError, TimeoutError):
                    await asyncio.wait_for(release_runs(self.core, self.worker_id), 2)
                self._quit(IGNORED_CANCEL)
                return
            await asyncio.wait((task,), timeout=0.1)
            await asyncio.sleep(0.05)

    def _lease_lost(self) -> None:
        log.error("the lease was lost: this worker ends")
        self._slots.abandon()
        self._quit(LEASE_LOST)

    def _chore(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
