"""From a request for a run to the command: defaults, merged configuration, idempotency."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import orjson
from pydantic import BaseModel
from tornado.web import HTTPError

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.commands.idempotency import Key, is_taken
from duragraph_ext.core.commands.runs import CreatedRun, NewRun, create_run, create_runs
from duragraph_ext.core.commands.webhook_targets import check_webhook
from duragraph_ext.core.domain.errors import NotFound, TooMany
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.domain.run_kwargs import Merged, durability_of, run_kwargs
from duragraph_ext.core.domain.run_kwargs import merge as merged
from duragraph_ext.core.domain.webhooks import origin
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.queries.assistants import as_uuid, graph_ids, resolve_assistant
from duragraph_ext.limits import Limits
from duragraph_ext.models import JsonObject, RunBatch, RunCreateStateful, RunCreateStateless

from .validation import Unprocessable

RunCreate = RunCreateStateful | RunCreateStateless
BOTH = (
    "Cannot specify both configurable and context. Prefer setting context alone. Context was introduced in "
    "LangGraph 0.6.0 and is the long term planned replacement for configurable."
)
KEY_LENGTH = 255
ASKED = (
    "input",
    "stream_mode",
    "interrupt_before",
    "interrupt_after",
    "feedback_keys",
    "stream_subgraphs",
    "stream_resumable",
    "durability",
    "checkpoint_during",
)
"""Fields of a request that a run's kwargs are made of."""
NOT_FOUND = "Thread or assistant not found."


class RunRequest:
    """A request for a run, ready to be accepted once the run's id is known to whoever listens for it."""

    def __init__(
        self, body: RunCreate, *, thread_id: UUID | None, streaming: bool, key: str | None, protocol: bool = False
    ) -> None:
        self.body = body
        self.thread_id = thread_id
        self.streaming = streaming
        self.protocol = protocol
        self.key = key_of(self._scope(), key, body)

    async def accept(
        self, core: Core, principal: Principal, limits: Limits, run_id: UUID, durability: str
    ) -> CreatedRun:
        """Create the run, or find the one that this request's Idempotency-Key made before.

        Raises NotFound, Conflict, Unprocessable, TooMany, and HTTPError 400 for context together with configurable.
        """
        await admit(core, principal, limits, self.key)
        new = await self.new(core, principal, run_id, durability)
        try:
            return await create_run(core, principal, new)
        except NotFound:
            raise HTTPError(404, NOT_FOUND) from None

    async def new(self, core: Core, principal: Principal, run_id: UUID, durability: str) -> NewRun:
        """The command. Raises what `accept` does."""
        body = self.body
        try:
            assistant = await resolve_assistant(core, principal, body.assistant_id)
        except NotFound:
            raise await _unknown_assistant(core, principal, body.assistant_id) from None
        merged = merge(assistant, dict(body.config), body.context)
        if body.webhook is not None:
            await check_webhook(core, body.webhook)
        return NewRun(
            assistant=str(assistant["assistant_id"]),
            kwargs=self._kwargs(merged, durability),
            thread_id=self.thread_id,
            run_id=run_id,
            metadata={**body.config.get("metadata", {}), **body.metadata},
            multitask_strategy=body.multitask_strategy,
            if_not_exists=body.if_not_exists if isinstance(body, RunCreateStateful) else "reject",
            on_completion=body.on_completion if isinstance(body, RunCreateStateless) else "keep",
            after_seconds=max(body.after_seconds, 0.0),
            key=self.key,
            thread_config=merged.thread_config,
            thread_metadata=body.asker.thread_metadata if body.asker else {},
            webhook=body.webhook,
        )

    def _scope(self) -> str:
        """Where an idempotency key is unique; every user has keys of their own."""
        scope = f"threads/{self.thread_id}/runs" if self.thread_id else "runs"
        asker = self.body.asker
        return f"{scope} of {asker.user['identity']}" if asker and asker.user else scope

    def _kwargs(self, merged: Merged, durability: str) -> JsonObject:
        body = self.body
        asker = body.asker
        if asker is not None and asker.headers:
            configurable = {**merged.config["configurable"], **asker.headers}
            merged = replace(merged, config={**merged.config, "configurable": configurable})
        asked = {name: getattr(body, name) for name in ASKED}
        asked["command"] = body.command.model_dump(exclude_unset=True) if body.command else None
        kwargs = run_kwargs(
            asked,
            merged,
            checkpoint=self._checkpoint(),
            webhook=origin(body.webhook) if body.webhook else None,
            temporary=isinstance(body, RunCreateStateless) and body.on_completion == "delete",
            streaming=self.streaming,
            durability=durability_of(asked, durability),
        )
        if asker is not None and asker.user is not None:
            kwargs["user"] = asker.user
        return {**kwargs, "protocol": True} if self.protocol else kwargs

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


async def accept_batch(
    core: Core,
    principal: Principal,
    limits: Limits,
    bodies: Sequence[RunCreateStateless],
    key: str | None,
    durability: str,
) -> list[JsonObject]:
    """Create stateless runs, all or none. Raises what `RunRequest.accept` does."""
    batch_key = key_of("runs/batch", key, RunBatch(list(bodies)))
    await admit(core, principal, limits, batch_key, len(bodies))
    requests = [RunRequest(body, thread_id=None, streaming=False, key=None) for body in bodies]
    wanted = [await request.new(core, principal, uuid7(), durability) for request in requests]
    return await create_runs(core, principal, wanted, batch_key)


async def admit(core: Core, principal: Principal, limits: Limits, key: Key | None, count: int = 1) -> None:
    """Raises TooMany at the limit of queued runs, unless the key stands for runs that were accepted before."""
    try:
        await limits.admit_runs(core, principal, count)
    except TooMany:
        if key is None or not await is_taken(core, principal, key):
            raise


def key_of(scope: str, key: str | None, body: BaseModel) -> Key | None:
    """A request's Idempotency-Key with what it is bound to. Raises Unprocessable."""
    if key is None:
        return None
    if not (0 < len(key) <= KEY_LENGTH and key.isprintable()):
        raise Unprocessable(f"Idempotency-Key: must be 1 to {KEY_LENGTH} printable characters")
    return Key(scope, key, hash_of(body))


def hash_of(body: BaseModel) -> str:
    """The same for bodies that say the same."""
    plain = orjson.dumps(body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def merge(assistant: JsonObject, asked_config: JsonObject, asked_context: JsonObject) -> Merged:
    """The configuration of a run: the assistant's, then the request's; configurable and context mirror each other.

    Raises HTTPError 400 when a request gives both.
    """
    check_configurable(asked_config.get("configurable") or {}, asked_context)
    return merged(jsonx.parse(assistant["config"]), jsonx.parse(assistant["context"]), asked_config, asked_context)


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
    return HTTPError(404, NOT_FOUND)
