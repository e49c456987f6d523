"""What is known of a run, from its events and frames; pure, so that a replay gives the same picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from duragraph_ext.client.drawing import NodeState, NodeStatus
from duragraph_ext.client.drawing.shape import END, START
from duragraph_ext.client.talk import Talk

ENDINGS = {
    "run.completed": "success",
    "run.failed": "error",
    "run.timed_out": "timeout",
    "run.interrupted": "interrupted",
    "run.cancelled": "cancelled",
    "run.rolled_back": "rolled back",
}
_NODE_ENDINGS = {
    "execution.node_completed": NodeStatus.DONE,
    "execution.node_failed": NodeStatus.ERROR,
    "execution.node_interrupted": NodeStatus.INTERRUPTED,
}


@dataclass(slots=True)
class Execution:
    """One execution of a node in one attempt of a run; times are Unix seconds of the server's clock."""

    run_id: str
    task_id: str
    node: str
    ns: str
    step: int
    attempt: int
    started: float
    status: NodeStatus = NodeStatus.RUNNING
    ended: float | None = None
    error: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The node's name, behind those of the subgraphs it lives in."""
        return (*(part.partition(":")[0] for part in self.ns.split("|") if part), self.node)


@dataclass(slots=True)
class Phase:
    """One run of the thread: the first, or one that answered a question of the one before."""

    run_id: str
    created: float
    resumed: bool = False
    status: str = "pending"
    attempt: int = 0
    worker: str = ""
    waits: list[tuple[float, float | None]] = field(default_factory=list)
    ended: float | None = None
    error: Mapping[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in this run."""
        return self.status in ENDINGS.values()


@dataclass(frozen=True, slots=True)
class Question:
    """An interrupt: what a node asks, and the JSON schema of the answer when it names one."""

    id: str
    node: str
    value: Any
    schema: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Progress:
    """A run and the runs that resume it, as far as they got."""

    graph_id: str = ""
    thread_id: str = ""
    assistant_id: str = ""
    phases: list[Phase] = field(default_factory=list)
    executions: dict[tuple[str, str, int], Execution] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)
    losses: list[tuple[float, str]] = field(default_factory=list)
    values: Any = None
    connected: bool = True
    trouble: str = ""
    """Why the picture is not kept up to date any more, if it is not."""
    changes: int = 0
    _seen: set[str] = field(default_factory=set)

    @property
    def status(self) -> str:
        """The status of the last run, with `cancelled` told apart from a pause."""
        return self.phases[-1].status if self.phases else "pending"

    @property
    def is_over(self) -> bool:
        """Whether the last run has ended; a pause is an end too."""
        return bool(self.phases) and self.phases[-1].is_over

    @property
    def is_paused(self) -> bool:
        """Whether the thread waits for an answer, or at a breakpoint."""
        return self.status == "interrupted"

    @property
    def error(self) -> Mapping[str, Any] | None:
        """`{"error", "message"}` of the last run."""
        return self.phases[-1].error if self.phases else None

    def describe(self, run_id: str) -> str:
        """A run of this progress on one line, with the reason of its failure."""
        error = self.error if self.status in ("error", "timeout") else None
        reason = f" ({error.get('error')}: {error.get('message')})" if error else ""
        return f"<Run {run_id} of {self.graph_id or 'its graph'}: {self.status}{reason}>"

    @property
    def began(self) -> float | None:
        """When the first run was created, in Unix seconds."""
        return self.phases[0].created if self.phases else None

    def apply(self, envelope: Mapping[str, Any]) -> bool:
        """Take in one event; one that is known already changes nothing. True when it changed something."""
        if envelope["event_id"] in self._seen:
            return False
        self._seen.add(envelope["event_id"])
        kind, payload = envelope["event_type"], envelope["payload"]
        run_id, at = str(envelope["aggregate_id"]), _seconds(envelope["timestamp"])
        if kind == "run.created":
            self._create(run_id, payload, at)
        elif kind.startswith("run."):
            self._move(self._phase(run_id, at), kind, payload, at)
        elif kind == "execution.node_started":
            self._start(run_id, payload, at)
        elif kind in _NODE_ENDINGS:
            self._end(run_id, _NODE_ENDINGS[kind], payload, at)
        elif kind == "interrupt.created":
            self._ask(payload)
        elif kind == "interrupt.resolved":
            self.questions.clear()
        else:
            return False
        self.changes += 1
        return True

    def apply_frame(self, event: str, data: Any) -> bool:
        """Take in one part of a run's stream. True when it changed something."""
        mode, _, ns = event.partition("|")
        if mode == "metadata":
            changed = self.talk.restart() if isinstance(data, dict) and data.get("attempt", 1) > 1 else False
        elif mode == "values" and not ns:
            self.values = data
            self._schemas(data)
            changed = True
        elif mode == "messages" and isinstance(data, list) and len(data) == 2:
            changed = self.talk.say(data[0], data[1])
        elif mode == "custom":
            changed = self.talk.note(data)
        else:
            changed = False
        self.changes += changed
        return changed

    def node_states(self) -> dict[str, NodeState]:
        """The state of every node of the outermost graph that was reached."""
        found: dict[str, list[Execution]] = {}
        for execution in self.executions.values():
            if not execution.ns:
                found.setdefault(execution.node, []).append(execution)
        states = {node: _node_state(executions) for node, executions in found.items()}
        if states and not self.phases[0].resumed:
            states[START] = NodeState(NodeStatus.DONE, 1)
        if states and self.status == "success":
            states[END] = NodeState(NodeStatus.DONE, 1)
        return states

    def taken(self) -> set[tuple[str, str]]:
        """The edges that were followed: from the nodes of a superstep to those of the next."""
        steps: dict[int, set[str]] = {}
        for execution in self.executions.values():
            if not execution.ns:
                steps.setdefault(execution.step, set()).add(execution.node)
        if not steps:
            return set()
        edges = {
            (source, target)
            for step, targets in steps.items()
            for source in steps.get(step - 1, ())
            for target in targets
        }
        if not self.phases[0].resumed:
            edges |= {(START, target) for target in steps[min(steps)]}
        if self.status == "success":
            edges |= {(source, END) for source in steps[max(steps)]}
        return edges

    def _phase(self, run_id: str, at: float) -> Phase:
        for phase in self.phases:
            if phase.run_id == run_id:
                return phase
        phase = Phase(run_id, at)
        self.phases.append(phase)
        return phase

    def _create(self, run_id: str, payload: Mapping[str, Any], at: float) -> None:
        phase = self._phase(run_id, at)
        phase.resumed = goes_on(payload)
        phase.waits.append((at, None))
        self.graph_id = str(payload.get("graph_id", self.graph_id))
        self.thread_id = str(payload.get("thread_id", self.thread_id))
        self.assistant_id = str(payload.get("assistant_id", self.assistant_id))

    def _move(self, phase: Phase, kind: str, payload: Mapping[str, Any], at: float) -> None:
        if kind == "run.started":
            phase.status = "running"
            phase.attempt, phase.worker = int(payload["attempt"]), str(payload.get("worker", ""))
            phase.waits = [(start, at if end is None else end) for start, end in phase.waits]
            return
        if kind == "run.retried":
            phase.status = "pending"
            phase.waits.append((at, None))
            self.losses.append((at, f"{phase.worker or 'the worker'} was lost: {payload.get('reason', '')}"))
            self._stop_nodes(phase.run_id, NodeStatus.LOST, at)
        elif kind in ENDINGS:
            phase.status, phase.ended = ENDINGS[kind], at
            phase.error = payload.get("error")
            phase.waits = [(start, at if end is None else end) for start, end in phase.waits]
            self._stop_nodes(phase.run_id, NodeStatus.STOPPED, at)

    def _stop_nodes(self, run_id: str, status: NodeStatus, at: float) -> None:
        for execution in self.executions.values():
            if execution.run_id == run_id and execution.ended is None:
                execution.status, execution.ended = status, at

    def _start(self, run_id: str, payload: Mapping[str, Any], at: float) -> None:
        execution = Execution(
            run_id,
            str(payload["task_id"]),
            str(payload["node"]),
            str(payload.get("ns", "")),
            int(payload.get("step", 0)),
            int(payload.get("attempt", 1)),
            at,
        )
        self.executions[run_id, execution.task_id, execution.attempt] = execution

    def _end(self, run_id: str, status: NodeStatus, payload: Mapping[str, Any], at: float) -> None:
        key = (run_id, str(payload["task_id"]), int(payload.get("attempt", 1)))
        if key not in self.executions:
            self._start(run_id, payload, at - float(payload.get("duration_ms") or 0) / 1000)
        execution = self.executions[key]
        execution.status, execution.ended = status, at
        execution.error = str(payload.get("error") or "")

    def _ask(self, payload: Mapping[str, Any]) -> None:
        key = str(payload["interrupt_id"])
        known = self.questions.get(key)
        self.questions[key] = Question(key, str(payload["node"]), payload.get("value"), known.schema if known else None)

    def _schemas(self, values: Any) -> None:
        """Learn the answers' schemas from a frame of values: the event does not carry them."""
        asked = values.get("__interrupt__") if isinstance(values, dict) else None
        for item in asked or ():
            if isinstance(item, dict) and item.get("response_schema") and item.get("id"):
                key = str(item["id"])
                known = self.questions.get(key)
                node = known.node if known else ""
                self.questions[key] = Question(key, node, item.get("value"), item["response_schema"])


def goes_on(created: Mapping[str, Any]) -> bool:
    """Whether a `run.created` payload tells of a run that goes on where the one before it paused."""
    given = created.get("kwargs") or {}
    command = given.get("command") or {}
    return command.get("resume") is not None or (given.get("input") is None and not command)


def _node_state(executions: list[Execution]) -> NodeState:
    running = sum(execution.status is NodeStatus.RUNNING for execution in executions)
    counted = sum(execution.status not in (NodeStatus.INTERRUPTED, NodeStatus.LOST) for execution in executions)
    last = max(executions, key=lambda execution: (execution.started, execution.attempt))
    return NodeState(NodeStatus.RUNNING if running else last.status, counted)


def _seconds(timestamp: Any) -> float:
    moment = timestamp if isinstance(timestamp, datetime) else datetime.fromisoformat(str(timestamp))
    return moment.timestamp()
