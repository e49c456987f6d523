"""What a run is told to do: the request merged with its assistant, as it is stored with the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """A run's config and context, and what its thread shows as config."""

    config: JsonObject
    context: JsonObject
    thread_config: JsonObject


def merge(own: JsonObject, own_context: JsonObject, asked: JsonObject, asked_context: JsonObject) -> Merged:
    """The assistant's config and context, then the request's; configurable and context mirror each other."""
    own_values = {**own.get("configurable", {}), **own_context}
    values = {**own_values, **(asked.get("configurable") or {}), **asked_context}
    config = {**own, **asked, "configurable": values}
    return Merged(config, values, {**config, "configurable": own_values})


def durability_of(asked: Mapping[str, Any], default: str) -> str:
    """When a run's checkpoints are written."""
    if named := asked.get("durability"):
        return str(named)
    return "exit" if asked.get("checkpoint_during") is False else default


def run_kwargs(
    asked: Mapping[str, Any],
    merged: Merged,
    *,
    checkpoint: JsonObject | None,
    webhook: str | None,
    temporary: bool,
    streaming: bool,
    durability: str,
) -> JsonObject:
    """The kwargs of a run; `asked` has the request's fields, `webhook` is the origin of its URL."""
    modes = asked.get("stream_mode") or ["values"]
    return {
        "input": asked.get("input"),
        "command": asked.get("command"),
        "config": merged.config,
        "context": merged.context,
        "checkpoint": checkpoint,
        "stream_mode": [modes] if isinstance(modes, str) else modes,
        "interrupt_before": asked.get("interrupt_before"),
        "interrupt_after": asked.get("interrupt_after"),
        "webhook": webhook,
        "feedback_keys": asked.get("feedback_keys"),
        "temporary": temporary,
        "subgraphs": asked.get("stream_subgraphs", False),
        "resumable": asked.get("stream_resumable", False),
        "streaming": streaming,
        "checkpoint_during": asked.get("checkpoint_during") is not False,
        "durability": durability,
    }
