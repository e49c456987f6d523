"""The fenced group-commit writer: one statement a flush for all runs of the process.

At most one flush is in flight, so the writes of a run keep their order. A per-run sequence, reset at the claim,
makes a retry after a lost acknowledgement apply once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from ... import failpoints
from ...telemetry import metrics
from ..domain.errors import Fenced, Unavailable
from ..domain.outbox import OutboxRow
from ..ids import NIL
from .arrays import BigInt, Bool, Int, Uuid
from .database import DEADLINE, HOT, LOST, configure
from .op import PARTS, Op
from .pulse import cut_after
from .raw import fetch_prepared
from .statements import statement

log = logging.getLogger(__name__)
LIMIT = 256
"""Ops that share one statement at most."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a flush left to do once it is durable."""

    outbox: Sequence[OutboxRow]
    finished: Sequence[Op]
    queued: Sequence[UUID]


AfterCommit: TypeAlias = Callable[[Committed], Awaitable[None]]


class Writer:
    """Submit ops from anywhere on the loop; each resolves when its rows are durable."""

    def __init__(self, dsn: str, name: str, after_commit: AfterCommit) -> None:
        self._dsn = dsn
        self._name = name
        self._after_commit = after_commit
        self._queue: list[Op] = []
        self._wake = asyncio.Event()
        self._sequence = 0
        self._sql: dict[tuple[str, ...], str] = {}
        self._connection: AsyncConnection[tuple[Any, ...]] | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def open(self) -> None:
        """Connect and start. Raises Unavailable."""
        try:
            await self._connect()
        except (psycopg.OperationalError, TimeoutError) as error:
            raise Unavailable("the database does not answer") from error
        self._task = asyncio.create_task(self._loop())

    async def close(self) -> None:
        """Write what is queued, then disconnect."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, 3)
        for op in self._queue:
            if not op.future.done():
                op.future.set_exception(Unavailable("the writer is closed"))
        if self._connection is not None:
            await self._connection.close()

    def submit(self, op: Op) -> asyncio.Future[None]:
        """Queue an op; await the result. Raises Fenced when the run is no longer ours, DataError for bad rows."""
        if self._closing:
            raise Unavailable("the writer is closed")
        self._sequence += 1
        op.seq = self._sequence
        op.future = asyncio.get_running_loop().create_future()
        self._queue.append(op)
        self._wake.set()
        return op.future

    async def _connect(self) -> None:
        connection = await AsyncConnection.connect(
            self._dsn, autocommit=True, options=HOT, connect_timeout=5, row_factory=tuple_row,
            application_name=f"duragraph {self._name} writer",
        )  # fmt: skip
        await configure(connection)
        connection.prepare_threshold = 0
        self._connection = connection

    async def _reconnect(self) -> None:
        while not self._closing:
            try:
                if self._connection is not None:
                    async with asyncio.timeout(2):
                        await self._connection.close()
                async with asyncio.timeout(DEADLINE):
                    await self._connect()
                return
            except (psycopg.OperationalError, TimeoutError) as error:
                log.info("the writer waits for the database: %s", error)
                await asyncio.sleep(0.1)
        raise Unavailable("the writer is closed")

    async def _loop(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(0)
            batch, self._queue = self._queue[:LIMIT], self._queue[LIMIT:]
            if not self._queue:
                self._wake.clear()
            if batch:
                await self._flush(batch)
            elif self._closing:
                return

    async def _flush(self, batch: list[Op]) -> None:
        _pass_points("before", batch)
        while True:
            try:
                with metrics.writer_duration.labels("run").time():
                    standing, outbox, queued = await self._write(batch)
                break
            except LOST as error:
                log.info("a flush is repeated: %s", error)
                metrics.writer_retries.labels("run").inc()
                try:
                    await self._reconnect()
                except Unavailable as closed:
                    return self._fail(batch, closed)
            except (psycopg.DataError, psycopg.IntegrityError) as error:
                if len(batch) == 1:
                    return self._fail(batch, error)
                for op in batch:  # one bad payload must fail alone
                    await self._flush([op])
                return None
            except Exception as error:
                log.exception("a flush failed")
                return self._fail(batch, error)
        _pass_points("after", batch)
        metrics.writer_batch.labels("run").observe(len(batch))
        for op in batch:
            for type, _, _ in op.events if op.run_id in standing else ():
                metrics.events_appended.labels(type).inc()
        finished = [op for op in batch if op.finished is not None and op.run_id in standing]
        try:
            await self._after_commit(Committed(outbox, finished, queued))
        finally:
            for op in batch:
                if op.future.done():
                    continue
                if op.run_id in standing:
                    op.future.set_result(None)
                else:
                    op.future.set_exception(Fenced(str(op.run_id)))

    @staticmethod
    def _fail(batch: Iterable[Op], error: Exception) -> None:
        for op in batch:
            if not op.future.done():
                op.future.set_exception(error)

    async def _write(self, batch: list[Op]) -> tuple[set[UUID], list[OutboxRow], list[UUID]]:
        streams, rows = _gather(batch)
        parts = tuple(part for part in PARTS if part in rows)
        arguments: list[Any] = []
        if "finish" in rows:
            arguments.append(Uuid([row[2] for row in rows["finish"]]))
        keys = list(streams)
        heads = list(streams.values())
        arguments += [
            Uuid(keys),
            Int([head.epoch for head in heads]),
            Int([head.events for head in heads]),
            BigInt([head.seq for head in heads]),
            Bool([head.ends for head in heads]),
        ]
        for part in parts:
            arguments.extend(_columns(part, rows[part]))
        assert self._connection is not None
        with cut_after(self._connection, DEADLINE):
            answer = await fetch_prepared(self._connection, self._text(parts), arguments)
        standing: set[UUID] = set()
        outbox: list[OutboxRow] = []
        queued: list[UUID] = []
        for key, row_id, subject, payload in answer:
            if row_id is None:
                standing.add(key)
            elif subject is None:
                queued.append(row_id)
            else:
                outbox.append(OutboxRow(row_id, subject, payload.data))
        return standing, outbox, queued

    def _text(self, parts: tuple[str, ...]) -> str:
        known = self._sql.get(parts)
        if known is not None:
            return known
        ends = "finish" in parts
        tables = [statement("writer", "threads_first")] if ends else []
        guard = "AND (SELECT count(*) FROM tl) >= 0" if ends else ""
        tables.append(statement("writer", "fence").replace("{after_threads}", guard))
        for part in parts:
            width = len(PARTS[part][0])
            names = ", ".join(f"a{n + 1}" for n in range(width))
            rows = f"unnest({', '.join(['%b'] * (width + 1))}) AS x(k, {names})"
            body = statement("writer", part).replace("{rows}", rows)
            tables.append(body if part == "finish" else f"{part} AS ({body})")
        answer = statement("writer", "answer")
        if "event" in parts:
            tables.append(f"ob AS ({statement('events', 'outbox')})")
            answer += "\n" + statement("writer", "answer_outbox")
        if ends:
            answer += "\n" + statement("writer", "answer_queued")
        body = ",\n".join(_without_comments(table) for table in tables)
        self._sql[parts] = f"WITH {body}\n{_without_comments(answer)}"
        return self._sql[parts]


@dataclass(slots=True)
class _Head:
    epoch: int
    events: int = 0
    seq: int = 0
    ends: bool = False


def _gather(batch: list[Op]) -> tuple[dict[UUID, _Head], dict[str, list[tuple[Any, ...]]]]:
    """The streams of a batch and its rows by part; of rows with one key the last stands (of `write`, the first)."""
    streams: dict[UUID, _Head] = {}
    merged: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    loose: dict[str, list[tuple[Any, ...]]] = {}
    for op in batch:
        head = streams.get(op.run_id)
        if head is None:
            head = streams[op.run_id] = _Head(op.epoch)
        head.seq = max(head.seq, op.seq)
        for type, payload, at in op.events:
            head.events += 1
            loose.setdefault("event", []).append((op.run_id, head.events, type, payload, at))
        head.ends = head.ends or op.finished is not None
        for part, rows in op.rows.items():
            width = PARTS[part][1]
            if not width:
                loose.setdefault(part, []).extend(rows)
                continue
            into = merged.setdefault(part, {})
            for row in rows:
                key = row[: width + 1]
                if part == "write" and key in into:
                    continue
                if part == "checkpoint_json" and row[4] is None and key in into:
                    row = (*row[:4], into[key][4], row[5])
                into[key] = row
    streams.pop(NIL, None)
    return streams, {**loose, **{part: list(rows.values()) for part, rows in merged.items()}}


def _pass_points(moment: str, batch: list[Op]) -> None:
    for op in batch:
        for part in ("write", "checkpoint", "finish"):
            if part in op.rows:
                failpoints.hit(f"writer.{moment}_{part}")


def _columns(part: str, rows: list[tuple[Any, ...]]) -> list[Any]:
    types = (Uuid, *PARTS[part][0])
    return [kind(values) for kind, values in zip(types, zip(*rows, strict=True), strict=True)]


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
