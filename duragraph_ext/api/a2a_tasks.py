"""A2A tasks, read: a context is a thread, a task is the run that began it with the runs that answered its questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.queries.assistants import as_uuid
from duragraph_ext.core.queries.runs import RunFilter, get_run, list_runs
from duragraph_ext.core.queries.state import get_state
from duragraph_ext.models import JsonObject

from .a2a_shapes import (
    SPEAKERS,
    TASK_NOT_FOUND,
    Dialect,
    artifact,
    conversation,
    data_part,
    now,
    parts_of,
    response_parts,
    spoken,
    text_part,
)
from .rpc import RpcFailure
from .run_answers import outcome_of

if TYPE_CHECKING:
    from duragraph_ext.core import Core
    from duragraph_ext.core.context import Outcome
    from duragraph_ext.core.domain.principal import Principal

MARK = "a2a"
"""Where a run's metadata says which task it belongs to."""
REMEMBERED_RUNS = 1000
"""As many of a thread's newest runs are asked whose message is whose."""
UNFINISHED = {"pending": "submitted", "running": "working"}
ENDED = {"error": "failed", "timeout": "failed", "interrupted": "canceled"}


def task_name(thread_id: UUID, run_id: UUID) -> str:
    """The id of a task, which is enough to find it without its context."""
    return f"{thread_id}:{run_id}"


def missing_task(name: str, context: str | None) -> RpcFailure:
    """What is said of a task that is not there."""
    where = f" in context '{context}'" if context else ""
    return RpcFailure(TASK_NOT_FOUND, f"Task not found: {name}{where}")


@dataclass(frozen=True, slots=True)
class TaskRun:
    """A task with its latest run."""

    name: str
    first: UUID
    """The run that began it."""
    run: JsonObject

    @property
    def context(self) -> str:
        """The id of its thread."""
        return str(self.run["thread_id"])


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands: its state, the values of its thread, and what is asked."""

    state: str
    values: Any
    questions: list[JsonObject]
    error: JsonObject | None = None


class Tasks:
    """The tasks of one assistant."""

    def __init__(self, core: Core, principal: Principal, assistant_id: UUID) -> None:
        self._core = core
        self._principal = principal
        self._assistant_id = assistant_id

    async def find(self, name: str, context: str | None) -> TaskRun:
        """A task by its id, or by its run's. Raises RpcFailure."""
        thread, _, run = name.rpartition(":")
        thread_id, run_id = as_uuid(thread or context or ""), as_uuid(run)
        missing = missing_task(name, context)
        if run_id is None or (thread and thread_id is None) or (context and as_uuid(context) != thread_id):
            raise missing
        try:
            row = await get_run(self._core, self._principal, thread_id, run_id)
        except NotFound:
            raise missing from None
        if row["assistant_id"] != self._assistant_id:
            raise missing
        mark = RunFilter(metadata={MARK: {"task_id": str(run_id)}}, limit=1)
        latest = await list_runs(self._core, self._principal, row["thread_id"], mark)
        return TaskRun(name, run_id, latest[0] if latest else row)

    async def standing(self, outcome: Outcome) -> Standing:
        """How a task stands whose latest run came to this."""
        state = UNFINISHED.get(outcome.status) or ENDED.get(outcome.status, "completed")
        seen = await self._state(outcome.thread_id, None if state in UNFINISHED.values() else outcome.checkpoint_id)
        if state == "failed":
            return Standing(state, seen["values"], [], jsonx.parse(jsonx.dumps(outcome.error)))
        if state != "completed" or not seen["interrupts"]:
            return Standing(state, seen["values"], [])
        latest = await self._state(outcome.thread_id, None)
        if latest["checkpoint_id"] != seen["checkpoint_id"]:  # the conversation went on without an answer
            return Standing("canceled", seen["values"], [])
        return Standing("input-required", seen["values"], seen["interrupts"])

    async def _state(self, thread_id: UUID, checkpoint_id: str | None) -> JsonObject:
        checkpoint = {"checkpoint_id": checkpoint_id} if checkpoint_id else None
        state: JsonObject = jsonx.parse(
            jsonx.dumps(await get_state(self._core, self._principal, thread_id, checkpoint))
        )
        return state

    async def show(
        self, task: TaskRun, dialect: Dialect, *, scope: str, length: int | None, outcome: Outcome | None = None
    ) -> JsonObject:
        """A task with its history and what it made; `outcome` is how its run ended, if that is known already."""
        standing = await self.standing(outcome or outcome_of(task.run))
        said = _status_text(standing)
        status: JsonObject = {"state": dialect.state(standing.state), "timestamp": now()}
        if outcome is None:
            status["timestamp"] = task.run["updated_at"].isoformat()
        if said is not None:
            parts = [text_part(said)]
            status["message"] = spoken(dialect.role("agent"), parts, task=task.name)
        shown: JsonObject = {"kind": "task", "id": task.name, "contextId": task.context, "status": status}
        if length != 0:
            history = await self._history(task, standing.values, dialect, scope)
            shown["history"] = history if length is None else history[-length:]
        artifacts = self.artifacts(standing, dialect)
        return {**shown, "artifacts": artifacts} if artifacts else shown

    def artifacts(self, standing: Standing, dialect: Dialect) -> list[JsonObject]:
        """What a task made, or what it asks."""
        if standing.state == "input-required":
            asked = [{"id": question["id"], "value": question["value"]} for question in standing.questions]
            return [artifact("Interrupt", "Agent requires input to continue", [data_part(one)]) for one in asked]
        if standing.state != "completed":
            return []
        parts = response_parts(standing.values, dialect)
        return [artifact("Assistant Response", f"Response from assistant {self._assistant_id}", parts)]

    async def _history(self, task: TaskRun, values: Any, dialect: Dialect, scope: str) -> list[JsonObject]:
        messages = conversation(values.get("messages") or ()) if isinstance(values, dict) else []
        owners = await self._owners(task)
        owner, history = task.name, []
        for message in messages:
            owner = owners.get(message.get("id") or "", owner)
            parts = parts_of(message, dialect)
            if not parts or (scope == "task" and owner != task.name):
                continue
            role = dialect.role(SPEAKERS[message["type"]])
            history.append(spoken(role, parts, context=task.context, task=owner, message_id=message.get("id")))
        return history

    async def _owners(self, task: TaskRun) -> dict[str, str]:
        """Which task each message of a client began."""
        thread_id = task.run["thread_id"]
        owners: dict[str, str] = {}
        rows = await list_runs(self._core, self._principal, thread_id, RunFilter(limit=REMEMBERED_RUNS))
        for row in reversed(rows):
            mark = row["metadata"].get(MARK)
            given = jsonx.parse(jsonx.dumps(row["kwargs"]))["input"]
            if not isinstance(mark, dict) or not isinstance(given, dict):
                continue
            messages = given.get("messages")
            for message in messages if isinstance(messages, list) else ():
                if isinstance(message, dict) and "id" in message:
                    owners[message["id"]] = f"{thread_id}:{mark.get('task_id')}"
        return owners


def _status_text(standing: Standing) -> str | None:
    if standing.state == "completed":
        return "Task completed successfully"
    if standing.state == "failed":
        error = standing.error or {}
        return ": ".join(str(error[name]) for name in ("error", "message") if error.get(name)) or "The run failed"
    return None
