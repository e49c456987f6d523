"""What a run's graph is given: its config, its context and its input, as LangGraph's own server gives them."""

import dataclasses
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, cast
from uuid import uuid5

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command, Send
from pydantic import BaseModel

from duragraph_ext.core.commands.workers import Claim
from duragraph_ext.core.domain.policies import COMPATIBLE_WITH

from .user import ProxyUser

LANGGRAPH_VERSION = version("langgraph")
CHECKPOINT_NAMES = ("checkpoint_id", "checkpoint_ns", "checkpoint_map")


def run_config(claim: Claim, *, continues: bool) -> RunnableConfig:
    """The config of a run; one that `continues` its own checkpoints no longer names where it began."""
    kwargs = claim.kwargs
    given = kwargs.get("config") or {}
    run_id, thread_id = str(claim.run_id), str(claim.thread_id)
    user: dict[str, Any] = kwargs.get("user") or {}
    identity = user.get("identity", "")
    configurable = {
        "user_id": identity,
        **given.get("configurable", {}),
        "langgraph_auth_user": ProxyUser(user) if user else None,
        "langgraph_auth_user_id": identity,
        "langgraph_auth_permissions": user.get("permissions", []),
        "langgraph_request_id": str(uuid5(claim.run_id, "request")),
        "__request_start_time_ms__": int(claim.created_at.timestamp() * 1000),
        "__after_seconds__": 0,
        "run_id": run_id,
        "thread_id": thread_id,
        "graph_id": claim.graph_id,
        "assistant_id": str(claim.assistant_id),
    }
    if not continues:
        begins = kwargs.get("checkpoint") or {}
        configurable.update({name: begins[name] for name in CHECKPOINT_NAMES if begins.get(name)})
    metadata = {
        **given.get("metadata", {}),
        **claim.metadata,
        "run_attempt": claim.attempt,
        "langgraph_version": LANGGRAPH_VERSION,
        "langgraph_api_version": COMPATIBLE_WITH,
        "run_id": run_id,
        "thread_id": thread_id,
    }
    config: dict[str, Any] = {**given, "configurable": configurable, "metadata": metadata, "run_id": claim.run_id}
    return cast(RunnableConfig, config)


def run_context(claim: Claim, schema: Any) -> dict[str, Any] | None:
    """The context of a run without what its schema does not know; {} lets a schema of fields have its defaults.

    None without a context, where the schema is no class of fields.
    """
    context: dict[str, Any] = claim.kwargs.get("context") or {}
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        known: Sequence[str] = list(schema.model_fields)
    elif dataclasses.is_dataclass(schema):
        known = [field.name for field in dataclasses.fields(schema)]
    else:
        return context or None
    return {key: value for key, value in context.items() if key in known}


def run_input(claim: Claim, *, continues: bool) -> Any:
    """The input of a run: a command, what the client sent, or None to go on from the latest checkpoint."""
    if continues:
        return None
    if claim.kwargs.get("command"):  # an empty one is none
        return command_of(claim.kwargs["command"])
    return claim.kwargs.get("input")


def command_of(given: Mapping[str, Any]) -> Command[Any]:
    """A command as the API takes it: `resume`, `update` and `goto` (nodes' names, or {"node", "input"})."""
    goto = given.get("goto")
    targets = goto if isinstance(goto, list) else [] if goto is None else [goto]
    update = given.get("update")
    if isinstance(update, list):
        update = [tuple(entry) if isinstance(entry, list) else entry for entry in update]
    return Command(
        resume=given.get("resume"),
        update=update,
        goto=[Send(to["node"], to.get("input")) if isinstance(to, dict) else to for to in targets],
    )


def changes_state(given: Mapping[str, Any] | None) -> bool:
    """Whether a command does more than answer a question."""
    return given is not None and bool(given.get("update") or given.get("goto"))
