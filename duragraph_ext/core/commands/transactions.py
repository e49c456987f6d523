"""A command's transaction, and what is to be done once it has committed."""

from contextlib import AsyncExitStack
from types import TracebackType
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..context import Core, Outcome
from ..domain.outbox import OutboxRow
from ..eventstore.database import DEADLINE
from ..jsonx import dumps
from ..messaging import subjects


class Transaction:
    """Collects messages while the transaction is open; sends them after the commit, none after a rollback."""

    def __init__(self, core: Core, deadline: float = DEADLINE) -> None:
        self.core = core
        self._deadline = deadline
        self.connection: AsyncConnection[DictRow]
        self.outbox: list[OutboxRow] = []
        self.outcomes: list[Outcome] = []
        self.orders: list[tuple[UUID, dict[str, object]]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Transaction":
        self.connection = await self._stack.enter_async_context(self.core.db.transaction(self._deadline))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)
        if kind is None:
            await self._send()

    async def _send(self) -> None:
        for worker_id, order in self.orders:
            await self.core.bus.publish(subjects.control(worker_id), dumps(order))
        if self.outbox:
            await self.core.publisher.send(self.outbox)
        for outcome in self.outcomes:
            await self.core.announce(outcome)
        if self.outcomes:
            self.core.later(self.core.promote([outcome.thread_id for outcome in self.outcomes]))
