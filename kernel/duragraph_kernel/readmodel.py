"""Keeps the JSON that answers `GET state` and history beside what the checkpointer stores, for one run.

Most of it follows from checkpoints and writes alone; `unsettled` names the checkpoints about which the graph itself
has to be asked once, at the end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.types import Interrupt, Send

from duragraph_ext.core.eventstore.op import Op

from .jsontext import Unstorable, dumps, loose_dumps
from .langgraph_inside import ERROR, INTERRUPT, NULL_TASK_ID, PULL, PUSH, RESUME, TASKS
from .recording import Recording

CONTROL = frozenset((ERROR, INTERRUPT, RESUME, "__error_source_node__"))
"""Channels that say what became of a task; all others are its output."""
UNSHOWN = ("branch:", "join:", "__start__", TASKS, "__input__")
Place = tuple[str, str]
"""A checkpoint within a thread: namespace and id."""


def is_state(channel: str) -> bool:
    """Whether a channel can be part of a state that is shown."""
    return not channel.startswith(UNSHOWN)


@dataclass
class _Step:
    """The superstep that is open on a checkpoint."""

    checkpoint_id: str
    ours: bool
    finished: set[str] = field(default_factory=set)
    sends: Sequence[Any] = ()
    derived: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)


class ReadModel:
    """`info` is the graph's read-model info; `triggers` the channels that start a node of the root graph.

    `fresh` says that the thread has no checkpoint yet; `holds` that checkpoints are only stored at the end;
    `commanded` that the run begins with a command, which changes what follows on the checkpoint it finds.
    """

    def __init__(
        self,
        recording: Recording,
        info: Mapping[str, Any],
        triggers: Mapping[str, Sequence[str]],
        *,
        fresh: bool = False,
        holds: bool = False,
        commanded: bool = False,
    ) -> None:
        self._recording = recording
        self._info = info
        self._triggers = triggers
        self._fresh = fresh
        self._holds = holds
        self._commanded = commanded
        self._steps: dict[str, _Step] = {}
        self._held: dict[str, Mapping[str, Any]] = {}
        self._after_input: set[str] = set()
        self._amended: set[Place] = set()
        self.finished_before: set[str] = set()
        self.interrupted_before = False
        self.root: str | None = None

    def is_empty(self, ns: str) -> bool:
        """Whether a namespace is known to hold no checkpoint."""
        return self._fresh and ns not in self._steps

    def is_begin(self, ns: str, metadata: CheckpointMetadata) -> bool:
        """Whether a checkpoint is the input, or what `__start__` makes of it before any node."""
        return metadata.get("source") == "input" or ns in self._after_input

    def is_awaited(self, ns: str, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> bool:
        """Whether a node may run on a checkpoint: then it must be durable first.

        None does on the input, nor on the one that `__start__` makes of it before any node, nor on the last.
        """
        if self._holds or self.is_begin(ns, metadata):
            return False
        updated = checkpoint.get("updated_channels")
        if ns or not updated or TASKS in checkpoint["channel_values"]:
            return True
        return any(channel in self._triggers for channel in updated)

    def derived_channels(self, ns: str) -> Sequence[str]:
        """State channels whose stored form is not their value; the value comes with the checkpoint's event."""
        derived: Sequence[str] = self._info_of(ns).get("derived", ())
        return derived

    def loaded(self, found: CheckpointTuple) -> None:
        """Note a checkpoint that was there before."""
        configurable = found.config["configurable"]
        ns, checkpoint_id = configurable.get("checkpoint_ns", ""), configurable["checkpoint_id"]
        step = self._steps.get(ns)
        if step is not None and step.checkpoint_id == checkpoint_id:
            return
        step = self._steps[ns] = _Step(checkpoint_id, ours=False, sends=_sends(found.checkpoint))
        for task_id, channel, _ in found.pending_writes or ():
            if task_id == NULL_TASK_ID:
                if channel != RESUME:
                    self._amended.add((ns, checkpoint_id))
            elif channel not in CONTROL:
                step.finished.add(task_id)
                self.finished_before.add(task_id)
            elif channel == INTERRUPT:
                self.interrupted_before = True
        if not ns and self.root is None:
            self.root = checkpoint_id

    def stored(
        self,
        op: Op,
        thread_id: str,
        ns: str,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> None:
        """Note a checkpoint that joins `op`."""
        derived = self.derived_channels(ns)
        held = self._held.pop(ns, None)
        step = _Step(
            checkpoint["id"],
            ours=True,
            sends=_sends(checkpoint),
            derived={key: str(version) for key, version in new_versions.items() if key in derived},
        )
        self._steps[ns] = step
        if metadata.get("source") == "input":
            self._after_input.add(ns)
        else:
            self._after_input.discard(ns)
        if not ns:
            self.root = checkpoint["id"]
        if held is not None and _id_of(held) == step.checkpoint_id:
            self._expect(step, held)
            self._describe(op, thread_id, ns, step, held)

    def saw(self, payload: Mapping[str, Any]) -> None:
        """Take a part of stream mode `checkpoints`: which tasks come next."""
        configurable = payload["config"]["configurable"]
        ns = configurable.get("checkpoint_ns", "")
        step = self._steps.get(ns)
        if step is None or step.checkpoint_id != configurable["checkpoint_id"]:
            self._held[ns] = payload  # told before it is stored
            return
        self._expect(step, payload)
        if (payload["tasks"] or step.derived) and (step.ours or not self._commanded):
            self._describe(self._recording.op(), configurable["thread_id"], ns, step, payload)

    def stands_alone(self, ns: str, checkpoint_id: str, task_id: str) -> bool:
        """Whether a task's writes must be durable for themselves: others of its step still work.

        The last one's are followed at once by the checkpoint they lead to, or by the end of the run.
        """
        step = self._steps.get(ns)
        if step is None or step.checkpoint_id != checkpoint_id or task_id not in step.waiting:
            return True
        return len(step.waiting) > 1

    def write_texts(self, writes: Sequence[tuple[str, Any]]) -> list[tuple[int, str, str]]:
        """The writes of a task that a state shows, as (number, channel, JSON). Raises Unstorable."""
        shown = list(_shown_writes(writes))
        if not shown:
            output = next((n for n, (channel, _) in enumerate(writes) if channel not in CONTROL), None)
            return [] if output is None else [(output, writes[output][0], "null")]
        return shown

    def wrote(self, ns: str, checkpoint_id: str, task_id: str, writes: Sequence[tuple[str, Any]]) -> None:
        """Note writes on a checkpoint."""
        if task_id == NULL_TASK_ID:
            if any(channel != RESUME for channel, _ in writes):
                self._amended.add((ns, checkpoint_id))
            return
        step = self._steps.get(ns)
        if step is None or step.checkpoint_id != checkpoint_id:
            return
        step.waiting.discard(task_id)
        if any(channel not in CONTROL for channel, _ in writes):
            step.finished.add(task_id)

    @property
    def unsettled(self) -> tuple[bool, frozenset[Place]]:
        """What only the graph can tell: whether the latest state is half-done, and the amended checkpoints."""
        return any(step.finished or not step.ours for step in self._steps.values()), frozenset(self._amended)

    @staticmethod
    def _expect(step: _Step, payload: Mapping[str, Any]) -> None:
        step.waiting = {task["id"] for task in payload["tasks"]} - step.finished

    def _describe(self, op: Op, thread_id: str, ns: str, step: _Step, payload: Mapping[str, Any]) -> None:
        values = payload["values"]
        for channel, version in step.derived.items():
            if isinstance(values, dict) and channel in values:
                op.json_blob(thread_id, ns, channel, version, dumps(values[channel]))
        if payload["tasks"]:
            tasks = self._tasks(ns, step, payload["tasks"])
            op.json_checkpoint(thread_id, ns, step.checkpoint_id, loose_dumps(tasks).decode(), None)

    def _tasks(self, ns: str, step: _Step, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The tasks of a step in the order of a state: sends by number, then nodes as the graph has them."""
        info = self._info_of(ns)
        order = {name: place for place, name in enumerate(info.get("order", ()))}
        known = [number for number, send in enumerate(step.sends) if not order or send.node in order]
        found = []
        for place, task in enumerate(tasks):
            path: list[Any] = [PUSH, known[place], False] if place < len(known) else [PULL, task["name"]]
            state = task["state"]
            sub = state["configurable"].get("checkpoint_ns") if state else None
            found.append({"id": task["id"], "name": task["name"], "path": path, "sub": sub})
        nodes = sorted(found[len(known) :], key=lambda task: order.get(task["name"], 0))
        return found[: len(known)] + nodes

    def _info_of(self, ns: str) -> Mapping[str, Any]:
        info = self._info
        for part in ns.split("|") if ns else ():
            name = part.partition(":")[0]
            if not name.isdigit():  # the number of a second call of one subgraph
                info = info.get("subs", {}).get(name, {})
        return info


def _shown_writes(writes: Sequence[tuple[str, Any]]) -> Iterator[tuple[int, str, str]]:
    for number, (channel, value) in enumerate(writes):
        if channel == ERROR:
            yield number, channel, loose_dumps(repr(value)).decode()
        elif channel == INTERRUPT:
            yield number, channel, _interrupts(value)
        elif channel not in CONTROL and is_state(channel):
            try:
                yield number, channel, dumps(value)
            except Unstorable as error:
                raise Unstorable(f'the value of "{channel}" cannot be stored: {error}') from None


def _interrupts(value: Any) -> str:
    asked = value if isinstance(value, list | tuple) else [value]
    return dumps([{"id": each.id, "value": each.value} for each in asked if isinstance(each, Interrupt)])


def _sends(checkpoint: Checkpoint) -> list[Send]:
    sent = checkpoint["channel_values"].get(TASKS) or ()
    return [send for send in sent if isinstance(send, Send)]


def _id_of(payload: Mapping[str, Any]) -> str:
    checkpoint_id: str = payload["config"]["configurable"]["checkpoint_id"]
    return checkpoint_id
