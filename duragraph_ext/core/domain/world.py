"""The whole log folded into the rows that the projections must hold."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from .aggregates import Assistant, Run, Thread
from .crons import Cron
from .events import Event
from .principal import Principal

PROJECTIONS: dict[str, tuple[str, ...]] = {
    # table: its primary key, then every column that the log decides
    "assistants": (
        "assistant_id", "graph_id", "name", "description", "config", "context", "metadata", "version", "latest",
        "created_at", "updated_at", "deleted_at",
    ),
    "assistant_versions": (
        "assistant_id", "version", "graph_id", "name", "description", "config", "context", "metadata", "created_at",
    ),
    "threads": (
        "thread_id", "status", "metadata", "config", "error", "graph_id", "assistant_id", "active_run_id", "queued",
        "checkpoint_id", "ephemeral", "version", "created_at", "updated_at", "state_updated_at", "deleted_at",
        "ttl_strategy", "ttl_minutes", "expires_at",
    ),
    "runs": (
        "run_id", "thread_id", "assistant_id", "assistant_version", "graph_id", "status", "multitask_strategy",
        "metadata", "kwargs", "error", "lease_epoch", "attempt", "worker_id", "checkpoint_id", "ephemeral",
        "created_at", "updated_at", "started_at", "ended_at", "deleted_at",
    ),
    "interrupts": (
        "thread_id", "interrupt_id", "run_id", "task_id", "node", "ns", "value", "status", "created_at", "resolved_at",
    ),
    "execution_history": (
        "run_id", "task_id", "attempt", "node", "ns", "step", "status", "started_at", "ended_at", "error",
    ),
    "crons": (
        "cron_id", "assistant_id", "thread_id", "schedule", "timezone", "end_time", "payload", "metadata",
        "on_run_completed", "enabled", "next_run_date", "user_id", "version", "created_at", "updated_at", "deleted_at",
    ),
    "cron_firings": ("cron_id", "scheduled_for", "run_id", "fired_at"),
}  # fmt: skip
KEYS = {
    "assistants": 1,
    "assistant_versions": 2,
    "threads": 1,
    "runs": 1,
    "interrupts": 3,
    "execution_history": 3,
    "crons": 1,
    "cron_firings": 2,
}
"""How many of a table's first columns are its primary key."""


@dataclass(slots=True)
class World:
    """Every aggregate there is. Feed it the log in global order."""

    runs: dict[UUID, Run] = field(default_factory=dict)
    threads: dict[UUID, Thread] = field(default_factory=dict)
    assistants: dict[UUID, Assistant] = field(default_factory=dict)
    crons: dict[UUID, Cron] = field(default_factory=dict)
    owners: dict[UUID, Principal] = field(default_factory=dict)

    def restore(self, stream_type: str, owner: Principal, state: dict[str, Any]) -> None:
        """Take a snapshot that stands in for the events up to it; before any event is applied."""
        if stream_type == "run":
            run = Run.from_state(state)
            self.runs[run.run_id], self.owners[run.run_id] = run, owner
        elif stream_type == "thread":
            thread = Thread.from_state(state)
            self.threads[thread.thread_id], self.owners[thread.thread_id] = thread, owner
        else:
            raise ValueError(f"a stream of type {stream_type} is never pruned")

    def state(self, stream_type: str, stream_id: UUID) -> dict[str, Any]:
        """A run's or thread's state, for a snapshot."""
        return self.runs[stream_id].state() if stream_type == "run" else self.threads[stream_id].state()

    def apply(self, stream_type: str, owner: Principal, event: Event) -> None:
        """Take the next event of the log."""
        self.owners.setdefault(event.stream_id, owner)
        if stream_type == "run":
            self._run(event)
        elif stream_type == "thread":
            self.threads.setdefault(event.stream_id, Thread(event.stream_id)).apply(event)
            if event.type == "thread.deleted":
                for run in self._runs_of(event.stream_id):
                    run.deleted_at = run.deleted_at or event.at
            elif event.type == "thread.state_updated":
                self._resolve(event.stream_id, event.at, keep=event.payload["open_interrupts"])
        elif stream_type == "assistant":
            self.assistants.setdefault(event.stream_id, Assistant(event.stream_id)).apply(event)
        elif stream_type == "cron":
            self.crons.setdefault(event.stream_id, Cron(event.stream_id)).apply(event)

    def _runs_of(self, thread_id: UUID) -> Iterator[Run]:
        return (run for run in self.runs.values() if run.thread_id == thread_id)

    def _run(self, event: Event) -> None:
        run = self.runs.setdefault(event.stream_id, Run(event.stream_id))
        run.apply(event)
        assert run.thread_id is not None
        if event.type.startswith("run."):
            self.threads[run.thread_id].apply_run(event)
        elif event.type == "interrupt.resolved":
            self._resolve(run.thread_id, event.at, but=run)

    def _resolve(self, thread_id: UUID, at: datetime, *, but: Run | None = None, keep: Collection[str] = ()) -> None:
        """Close the open questions of a thread, but those of one run and those to keep."""
        asked = [i for run in self._runs_of(thread_id) if run is not but for i in run.interrupts.values()]
        asked += [interrupt for _, interrupt in self.threads[thread_id].interrupts]
        for interrupt in asked:
            if interrupt.status == "open" and interrupt.interrupt_id not in keep:
                interrupt.status, interrupt.resolved_at = "resolved", at

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows that a projection must hold, with tenant and owner."""
        columns = PROJECTIONS[table]
        for stream_id, row in getattr(self, f"_{table}")():
            owner = self.owners[stream_id]
            values = {name: row[name] for name in columns}
            yield {**values, "tenant_id": owner.tenant_id, "owner": owner.user_id}

    def _assistants(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        for a in self.assistants.values():
            yield a.assistant_id, {**a.current, **_named(a, PROJECTIONS["assistants"])}

    def _assistant_versions(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        for a in self.assistants.values():
            for version, body in a.versions.items():
                yield a.assistant_id, {**body, "assistant_id": a.assistant_id, "version": version}

    def _threads(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        return ((t.thread_id, _named(t, PROJECTIONS["threads"])) for t in self.threads.values())

    def _runs(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        return ((r.run_id, _named(r, PROJECTIONS["runs"])) for r in self.runs.values())

    def _interrupts(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        for run in self.runs.values():
            for i in run.interrupts.values():
                yield run.run_id, {**_named(i, PROJECTIONS["interrupts"]), "run_id": run.run_id}
        for thread in self.threads.values():
            for run_id, i in thread.interrupts:
                yield thread.thread_id, {**_named(i, PROJECTIONS["interrupts"]), "run_id": run_id}

    def _execution_history(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        for run in self.runs.values():
            for e in run.executions.values():
                yield run.run_id, {**_named(e, PROJECTIONS["execution_history"]), "run_id": run.run_id}

    def _crons(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        return ((c.cron_id, _named(c, PROJECTIONS["crons"])) for c in self.crons.values())

    def _cron_firings(self) -> Iterator[tuple[UUID, dict[str, Any]]]:
        for cron in self.crons.values():
            for firing in cron.firings:
                yield cron.cron_id, {**_named(firing, PROJECTIONS["cron_firings"]), "cron_id": cron.cron_id}


def _named(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names if hasattr(thing, name)}
