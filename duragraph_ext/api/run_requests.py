"""From a request for a run to the command: defaults, merged configuration, idempotency."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

import orjson
from tornado.web import HTTPError

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.commands.runs import CreatedRun, NewRun, create_run
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.queries.assistants import as_uuid, graph_ids, resolve_assistant
from duragraph_ext.models import JsonObject, RunCreateStateful, RunCreateStateless

from .validation import Unprocessable

RunCreate = RunCreateStateful | RunCreateStateless
BOTH = (
    "Cannot specify both configurable and context. Prefer setting context alone. Context was introduced in "
    "LangGraph 0.6.0 and is the long term planned replacement for configurable."
)
KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Merged:
    """A run's config and context, and what its thread shows as config."""

    config: JsonObject
    context: JsonObject
    thread_config: JsonObject


class RunRequest:
    """A request for a run, ready to be accepted once the run's id is known to whoever listens for it."""

    def __init__(self, body: RunCreate, *, thread_id: UUID | None, streaming: bool, key: str | None) -> None:
        self.body = body
        self.thread_id = thread_id
        self.streaming = streaming
        self.key = _checked(key)
        if body.webhook is not None:
            raise HTTPError(501, "webhook: webhooks are not available on this server yet")

    async def accept(self, core: Core, principal: Principal, run_id: UUID, durability: str) -> CreatedRun:
        """Create the run, or find the one that this request's Idempotency-Key made before.

        Raises NotFound, Conflict, Unprocessable, and HTTPError 400 for context together with configurable.
        """
        body = self.body
        try:
            assistant = await resolve_assistant(core, principal, body.assistant_id)
        except NotFound:
            raise await _unknown_assistant(core, principal, body.assistant_id) from None
        merged = merge(assistant, dict(body.config), body.context)
        new = NewRun(
            assistant=str(assistant["assistant_id"]),
            kwargs=self._kwargs(merged, durability),
            thread_id=self.thread_id,
            run_id=run_id,
            metadata={**body.config.get("metadata", {}), **body.metadata},
            multitask_strategy=body.multitask_strategy,
            if_not_exists=body.if_not_exists if isinstance(body, RunCreateStateful) else "reject",
            on_completion=body.on_completion if isinstance(body, RunCreateStateless) else "keep",
            after_seconds=max(body.after_seconds, 0.0),
            idempotency_key=self.key,
            scope=self._scope(),
            body_hash=self._hash() if self.key else "",
            thread_config=merged.thread_config,
            thread_metadata=body.asker.thread_metadata if body.asker else {},
        )
        try:
            return await create_run(core, principal, new)
        except NotFound:
            raise HTTPError(404, "Thread or assistant not found.") from None

    def _scope(self) -> str:
        """Where an idempotency key is unique; every user has keys of their own."""
        scope = f"threads/{self.thread_id}/runs" if self.thread_id else "runs"
        asker = self.body.asker
        return f"{scope} of {asker.user['identity']}" if asker and asker.user else scope

    def _kwargs(self, merged: Merged, durability: str) -> JsonObject:
        body = self.body
        if durability_asked := body.durability:
            durability = durability_asked
        elif body.checkpoint_during is False:
            durability = "exit"
        config, asker = merged.config, body.asker
        if asker is not None and asker.headers:
            config = {**config, "configurable": {**config["configurable"], **asker.headers}}
        return {
            **({"user": asker.user} if asker is not None and asker.user is not None else {}),
            "input": body.input,
            "command": body.command.model_dump(exclude_unset=True) if body.command else None,
            "config": config,
            "context": merged.context,
            "checkpoint": self._checkpoint(),
            "stream_mode": body.stream_mode or ["values"],
            "interrupt_before": body.interrupt_before,
            "interrupt_after": body.interrupt_after,
            "webhook": None,
            "feedback_keys": body.feedback_keys,
            "temporary": isinstance(body, RunCreateStateless) and body.on_completion == "delete",
            "subgraphs": body.stream_subgraphs,
            "resumable": body.stream_resumable,
            "streaming": self.streaming,
            "checkpoint_during": durability != "exit",
            "durability": durability,
        }

    def _checkpoint(self) -> JsonObject | None:
        body = self.body
        if not isinstance(body, RunCreateStateful):
            return None
        checkpoint = body.checkpoint.model_dump(exclude_unset=True) if body.checkpoint else {}
        if body.checkpoint_id is not None:
            checkpoint["checkpoint_id"] = str(body.checkpoint_id)
        named = checkpoint.get("thread_id")
        if named is not None and named != str(self.thread_id):
            raise Unprocessable("checkpoint.thread_id: must be the thread of the run")
        checkpoint.pop("thread_id", None)
        return checkpoint or None

    def _hash(self) -> str:
        plain = orjson.dumps(self.body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(plain).hexdigest()


def merge(assistant: JsonObject, asked_config: JsonObject, asked_context: JsonObject) -> Merged:
    """The configuration of a run: the assistant's, then the request's; configurable and context mirror each other.

    Raises HTTPError 400 when a request gives both.
    """
    asked = asked_config.get("configurable") or {}
    check_configurable(asked, asked_context)
    own = jsonx.parse(assistant["config"])
    own_values = {**own.get("configurable", {}), **jsonx.parse(assistant["context"])}
    values = {**own_values, **asked, **asked_context}
    config = {**own, **asked_config, "configurable": values}
    return Merged(config, values, {**config, "configurable": own_values})


def check_configurable(configurable: JsonObject, context: JsonObject) -> None:
    """Raises HTTPError 400 when both are given."""
    if configurable and context:
        raise HTTPError(400, BOTH)


async def _unknown_assistant(core: Core, principal: Principal, name: str) -> Exception:
    if as_uuid(name) is None:
        known = ", ".join(await graph_ids(core, principal))
        return Unprocessable(
            f"Invalid assistant: '{name}'. Must be either:\n"
            f"- A valid assistant UUID, or\n- One of the registered graphs: {known}"
        )
    return HTTPError(404, "Thread or assistant not found.")


def _checked(key: str | None) -> str | None:
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isprintable()):
        raise Unprocessable(f"Idempotency-Key: must be 1 to {KEY_LENGTH} printable characters")
    return key
