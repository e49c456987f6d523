"""I1 to I12: what holds after any fault, once the runs have ended. Read from the log and the tables themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from duragraph_ext.core.eventstore.database import Database
from duragraph_ext.core.eventstore.replay import differences
from tests.support.waiting import eventually

ENDED = ("success", "error", "timeout", "interrupted")
TERMINAL = ("run.completed", "run.failed", "run.timed_out", "run.interrupted", "run.cancelled")
MARKS = ("run.deleted", "run.rolled_back")
"""What may follow a run's end: it changes nothing of it."""


class Invariants:
    """Of one database. `connections` is how many the processes' pools may hold together."""

    def __init__(self, dsn: str, connections: int = 90) -> None:
        self.dsn = dsn
        self.connections = connections

    def check(self, acknowledged: Sequence[str] = (), cancelled: Mapping[str, float] | None = None) -> None:
        """Fail with everything that is wrong."""
        eventually(self._is_quiet, 30, "an end to everything that is under way")
        found: list[str] = []
        with psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row) as self._connection:
            found += self._lost(acknowledged)
            found += self._terminal()
            found += self._dense()
            found += self._overlapping()
            found += self._checkpoints()
            found += self._threads()
            found += self._connections()
            found += self._uncancelled(cancelled or {})
        found += replay_differences(self.dsn)
        eventually(lambda: not self._count("SELECT count(*) FROM outbox"), 30, "I7: an empty outbox")
        assert found == [], "\n".join(found)

    def _is_quiet(self) -> bool:
        try:
            return not self._count(
                "SELECT (SELECT count(*) FROM runs WHERE status IN ('pending', 'running')) + (SELECT count(*)"
                " FROM threads WHERE active_run_id IS NULL AND queued > 0)"
            )
        except psycopg.OperationalError:
            return False

    def _count(self, query: str) -> int:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute(query).fetchone()
            assert row is not None
            return int(row[0])

    def _rows(self, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return list(self._connection.execute(query, params).fetchall())

    def _lost(self, acknowledged: Sequence[str]) -> list[str]:
        rows = self._rows("SELECT run_id::text, status FROM runs WHERE run_id::text = ANY (%s)", [list(acknowledged)])
        status = {row["run_id"]: row["status"] for row in rows}
        return [f"I1: run {run} is {status.get(run, 'lost')}" for run in acknowledged if status.get(run) not in ENDED]

    def _terminal(self) -> list[str]:
        rows = self._rows(
            "SELECT r.run_id, r.status, count(*) FILTER (WHERE e.type = ANY (%(ends)s)) AS ends,"
            " count(*) FILTER (WHERE e.type <> ALL (%(marks)s) AND e.version > (SELECT min(version) FROM events x"
            " WHERE x.stream_id = r.run_id AND x.type = ANY (%(ends)s))) AS after"
            " FROM runs r JOIN events e ON e.stream_id = r.run_id GROUP BY r.run_id, r.status",
            {"ends": list(TERMINAL), "marks": list(MARKS)},  # type: ignore[arg-type]
        )
        wanted = {status: int(status in ENDED) for status in (*ENDED, "pending", "running")}
        return [
            f"I2: run {row['run_id']} is {row['status']} with {row['ends']} ends and {row['after']} events behind"
            for row in rows
            if row["ends"] != wanted[row["status"]] or row["after"]
        ]

    def _dense(self) -> list[str]:
        rows = self._rows(
            "SELECT h.stream_id, h.version, count(e.version) AS n, min(e.version) AS first, max(e.version) AS last"
            " FROM event_streams h LEFT JOIN events e USING (stream_id) GROUP BY h.stream_id, h.version"
            " HAVING count(e.version) <> h.version OR min(e.version) <> 1 OR max(e.version) <> h.version"
        )
        return [f"I3: stream {row['stream_id']} is not 1..n: {row}" for row in rows]

    def _overlapping(self) -> list[str]:
        rows = self._rows(
            "SELECT r.thread_id, e.stream_id AS run_id, e.type, e.global_seq FROM events e"
            " JOIN runs r ON r.run_id = e.stream_id"
            " WHERE e.type = ANY (%s) ORDER BY r.thread_id, e.global_seq",
            [["run.started", "run.retried", *list(TERMINAL)]],
        )
        found, running = [], {}
        for row in rows:
            thread, run = row["thread_id"], row["run_id"]
            if row["type"] == "run.started":
                if running.get(thread) is not None:
                    found.append(f"I4: {run} started on thread {thread} while {running[thread]} was running")
                running[thread] = run
            elif running.get(thread) == run:
                running[thread] = None
        return found

    def _checkpoints(self) -> list[str]:
        orphans = self._rows(
            "SELECT c.thread_id, c.checkpoint_id FROM checkpoints c WHERE c.parent_checkpoint_id IS NOT NULL AND NOT"
            " EXISTS (SELECT FROM checkpoints p WHERE p.thread_id = c.thread_id AND p.checkpoint_ns = c.checkpoint_ns"
            " AND p.checkpoint_id = c.parent_checkpoint_id)"
        )
        future = self._rows(
            "SELECT c.thread_id, c.checkpoint_id FROM checkpoints c JOIN runs r ON r.run_id::text ="
            " c.metadata ->> 'run_id' WHERE (c.metadata ->> 'run_attempt')::int > r.attempt"
        )
        return [f"I5: checkpoint {row} has no parent, or no attempt" for row in (*orphans, *future)]

    def _threads(self) -> list[str]:
        rows = self._rows(
            "SELECT t.thread_id, t.status, t.queued FROM threads t WHERE t.deleted_at IS NULL"
            " AND (t.status = 'busy' OR t.queued <> 0 OR t.active_run_id IS NOT NULL)"
        )
        return [f"I9: thread {row['thread_id']} is {row['status']} with {row['queued']} queued" for row in rows]

    def _connections(self) -> list[str]:
        idle = self._rows(
            "SELECT pid, application_name FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'"
            " AND state_change < now() - interval '6 seconds'"
        )
        held = self._rows("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()")[0]["n"]
        found = [f"I10: {row['application_name']} is idle in a transaction" for row in idle]
        return found + ([f"I10: {held} connections"] if held > self.connections else [])

    def _uncancelled(self, cancelled: Mapping[str, float]) -> list[str]:
        rows = self._rows(
            "SELECT run_id::text, extract(epoch FROM ended_at)::float8 AS ended FROM runs"
            " WHERE run_id::text = ANY (%s) AND status = 'success'",
            [list(cancelled)],
        )
        late = [row["run_id"] for row in rows if row["ended"] > cancelled[row["run_id"]]]
        return [f"I12: run {run} succeeded after its cancellation was acknowledged" for run in late]


def replay_differences(dsn: str) -> list[str]:
    """I7: what the projections hold that the log does not say."""

    async def compare() -> list[str]:
        db = Database(dsn, size=2, name="test")
        await db.open()
        try:
            return [f"I7: {difference}" for difference in await differences(db)]
        finally:
            await db.close()

    return asyncio.run(compare())
