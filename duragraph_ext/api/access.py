"""What the project's own auth says of a request: asked before the method runs, applied to what it is given.

An operation declares what it needs (`auth="threads.read"`); a row that a handler's filter hides is a 404, as if it
were not there. Searches take the filter itself, from `access_to`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import ValidationError
from tornado.web import Finish, HTTPError

from duragraph_ext.auth import Access, Caller, CustomAuth, Decision, Refused
from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.errors import Conflict, NotFound
from duragraph_ext.core.ids import graph_assistant_id, uuid7
from duragraph_ext.core.queries.access import is_assistant_hidden, is_cron_hidden, is_run_hidden, is_thread_hidden
from duragraph_ext.core.queries.assistants import as_uuid
from duragraph_ext.models.base import Body
from duragraph_ext.models.runs import Asker, RunBatch, RunCreate

from .operation import ANYBODY, HOLDER, Auth, Operation
from .validation import explain

if TYPE_CHECKING:
    from duragraph_ext.core import Core
    from duragraph_ext.core.domain.principal import Principal

    from .base import PlatformHandler

FIELDS: dict[str, tuple[str, ...]] = {
    "threads.create": ("thread_id", "metadata", "if_exists"),
    "threads.update": ("metadata", "action"),
    "threads.search": ("metadata", "values", "status", "limit", "offset"),
    "threads.create_run": ("metadata", "multitask_strategy", "if_not_exists", "after_seconds"),
    "assistants.create": ("assistant_id", "graph_id", "config", "context", "metadata", "if_exists", "name"),
    "assistants.update": ("graph_id", "config", "context", "metadata", "name", "version"),
    "assistants.search": ("graph_id", "metadata", "limit", "offset"),
    "crons.create": ("schedule", "metadata", "enabled", "end_time"),
    "crons.update": ("schedule", "metadata", "enabled", "end_time"),
    "crons.search": ("assistant_id", "thread_id", "limit", "offset"),
    "store.get": ("key",),
    "store.put": ("key", "value", "index"),
    "store.delete": ("key",),
    "store.search": ("filter", "limit", "offset", "query"),
    "store.list_namespaces": ("suffix", "max_depth", "limit", "offset"),
}
"""What handlers see of a body or query beside the path's ids, and may change in a body."""
NAMED_BY = {"threads.create": "thread_id", "assistants.create": "assistant_id"}
"""The id that a new thing gets before the handler is asked, so that it can know it."""
NAMESPACES = {"store.search": "namespace_prefix", "store.list_namespaces": "prefix"}
"""Where a request names its namespace, if not in `namespace`; handlers know it as `namespace` always."""
IDS = ("thread_id", "run_id", "assistant_id", "cron_id")
OF_THE_SERVER = "langgraph_auth_"
KWARGS = (
    "input",
    "command",
    "config",
    "context",
    "checkpoint",
    "stream_mode",
    "interrupt_before",
    "interrupt_after",
    "webhook",
    "feedback_keys",
    "durability",
)
"""What handlers see of a run as `kwargs`, and may change."""
TAKEN = {"thread": "Thread with ID {}", "assistant": "Assistant {}"}
NO_THREAD_OR_ASSISTANT = "Thread or assistant not found."


class Admission:
    """One request of a caller, on its way to the method."""

    def __init__(self, handler: PlatformHandler, auth: CustomAuth, caller: Caller, op: Operation) -> None:
        self.handler, self.auth, self.caller, self.op = handler, auth, caller, op

    async def admit(self, arguments: dict[str, Any]) -> None:
        """Ask the handlers that the operation names; `arguments` are as they leave them afterwards.

        Raises Refused, NotFound for what a filter hides, and HTTPError 403 for what is the holder's alone.
        """
        declared = self.op.auth
        if declared is None or declared == HOLDER:
            raise HTTPError(403, "Only the holder of this server may do this")
        if declared == ANYBODY:
            return
        batch = arguments.get("body")
        if isinstance(batch, RunBatch):
            batch.root = [await self._granted(declared, body) for body in batch.root]
            return
        for grant in (declared,) if isinstance(declared, str) else declared:
            await self._grant(grant, arguments)

    async def _granted(self, declared: Auth, body: RunCreate) -> Any:
        """One request of a batch, as the handlers leave it."""
        arguments: dict[str, Any] = {"body": body}
        for grant in (declared,) if isinstance(declared, str) else declared:
            await self._grant(grant, arguments)
        return arguments["body"]

    async def _grant(self, grant: str, arguments: dict[str, Any]) -> None:
        body = _unforged(arguments.get("body"))
        made = NAMED_BY.get(grant)
        if made is not None and body is not None and getattr(body, made) is None:
            body = body.model_copy(update={made: uuid7()})
        before = plain(_value(grant, arguments, body))
        decision = await self.decide(grant, before)
        if grant.startswith("store."):
            _set_namespace(grant, arguments, decision.value)
            body = arguments.get("body")
        if body is not None:
            body = arguments["body"] = _changed(grant, body, before, decision.value)
        if decision.access:
            await self._refuse_hidden(grant, arguments, body, decision.access)
        if isinstance(body, RunCreate):
            try:
                await check_assistant(
                    self.handler.core, self.handler.principal, self.auth, self.caller, body.assistant_id
                )
            except NotFound:
                raise HTTPError(404, NO_THREAD_OR_ASSISTANT) from None
            body.asked_by(Asker(user=self.caller.user, thread_metadata=marks(before, decision)))

    async def decide(self, grant: str, value: dict[str, Any]) -> Decision:
        """Ask the handler of `resource.action` and keep its filter for the method. Raises Refused."""
        resource, _, action = grant.partition(".")
        decision = await self.auth.authorize(self.caller, resource, action, value)
        granted = self.handler.granted or {}
        self.handler.granted = {**granted, resource: decision.access}
        return decision

    async def _refuse_hidden(self, grant: str, arguments: dict[str, Any], body: Body | None, access: Access) -> None:
        core, principal = self.handler.core, self.handler.principal
        resource, _, action = grant.partition(".")
        if resource == "assistants":
            assistant_id = _assistant_id(arguments.get("assistant_id") or getattr(body, "assistant_id", None))
            if assistant_id is None or not await is_assistant_hidden(core, principal, assistant_id, access):
                return
            await self._hide(action, "assistant", assistant_id)
        if resource == "crons":
            cron_id = arguments.get("cron_id")
            if cron_id is not None and await is_cron_hidden(core, principal, cron_id, access):
                await self._hide(action, "cron", cron_id)
        threads = [arguments.get("thread_id") or getattr(body, "thread_id", None)]
        threads += getattr(body, "thread_ids", None) or ()
        named = [thread_id for thread_id in threads if thread_id is not None]
        for thread_id in named:
            if await is_thread_hidden(core, principal, thread_id, access):
                await self._hide(action, "thread", thread_id)
        run_id = arguments.get("run_id") or getattr(arguments.get("query"), "run_id", None)
        if not named and run_id is not None and await is_run_hidden(core, principal, run_id, access):
            await self._hide(action, "run", run_id)

    async def _hide(self, action: str, kind: str, identity: UUID) -> None:
        """Answer as if it were not there."""
        if action == "create":
            raise Conflict(f"{TAKEN[kind].format(identity)} already exists")
        if action == "create_run":
            raise HTTPError(404, NO_THREAD_OR_ASSISTANT)
        if self.op.medium == "sse":
            await self.handler.say_hidden(kind)
            raise Finish
        if self.op.hidden is not None:
            raise HTTPError(404, self.op.hidden.format(**self.handler.path_kwargs))
        raise NotFound(kind, identity)


async def check_assistant(core: Core, principal: Principal, auth: CustomAuth, caller: Caller, named: str) -> None:
    """An assistant that is no graph's own must be one that the caller may read. Raises NotFound and Refused."""
    assistant_id = as_uuid(named)
    if assistant_id is None:
        return
    decision = await auth.authorize(caller, "assistants", "read", {"assistant_id": named})
    hidden = await is_assistant_hidden(core, principal, assistant_id, decision.access, unless_system=True)
    if decision.access and hidden:
        raise NotFound("assistant", assistant_id)


def _value(grant: str, arguments: dict[str, Any], body: Body | None) -> dict[str, Any]:
    """What the handler is shown."""
    value = {name: arguments[name] for name in IDS if name in arguments}
    if grant.startswith("assistants.") and "assistant_id" in value:
        value["assistant_id"] = _assistant_id(value["assistant_id"])
    if grant == "threads.search":
        value["metadata"] = {}
    for source in (arguments.get("query"), body):
        if source is not None:
            value |= {name: getattr(source, name) for name in FIELDS.get(grant, ()) if hasattr(source, name)}
    value |= {name: {} for name in ("config", "metadata") if name in value and value[name] is None}
    if grant.startswith("store."):
        value["namespace"] = _namespace(grant, arguments)
    if grant == "threads.create_run":
        value = {"metadata": {}, "kwargs": {}, **value}
    if grant == "threads.create_run" and isinstance(body, RunCreate):
        value |= {
            "thread_id": arguments.get("thread_id"),
            "assistant_id": as_uuid(body.assistant_id) or graph_assistant_id(body.assistant_id),
            "status": "pending",
            "prevent_insert_if_inflight": body.multitask_strategy == "reject",
            "kwargs": {name: getattr(body, name) for name in KWARGS if hasattr(body, name)},
        }
    return value


def _changed(grant: str, body: Body, before: dict[str, Any], after: dict[str, Any]) -> Body:
    """The body with what the handler changed in its value. Raises Refused for what the body cannot be."""
    pairs = [(name, before.get(name), after.get(name)) for name in FIELDS.get(grant, ())]
    if grant == "threads.create_run" and isinstance(body, RunCreate):
        kwargs, left = before["kwargs"], after.get("kwargs") or {}
        pairs += [(name, kwargs.get(name), left.get(name)) for name in KWARGS]
    updates = {name: new for name, old, new in pairs if new != old and name in type(body).model_fields}
    if not updates:
        return body
    changed = body.model_copy()
    try:
        for name, value in updates.items():
            setattr(changed, name, value)
    except ValidationError as error:
        raise Refused(500, f"Auth handler left an invalid value: {explain(error)}", {}) from None
    return changed


def _namespace(grant: str, arguments: dict[str, Any]) -> list[str]:
    """The namespace that a request of the store names."""
    body = arguments.get("body")
    if body is None:
        return [label for label in arguments["query"].namespace.split(".") if label]
    return list(getattr(body, NAMESPACES.get(grant, "namespace")) or ())


def _set_namespace(grant: str, arguments: dict[str, Any], value: dict[str, Any]) -> None:
    """Let the request mean the namespace that the handler left. Raises Refused for what is none."""
    labels = value.get("namespace")
    if not isinstance(labels, list) or not all(isinstance(label, str) and label for label in labels):
        raise Refused(500, "Auth handler left an invalid value: namespace must be a list of texts", {})
    if labels == _namespace(grant, arguments):
        return
    if arguments.get("body") is None:
        arguments["query"] = arguments["query"].model_copy(update={"namespace": ".".join(labels)})
    else:
        name = NAMESPACES.get(grant, "namespace")
        arguments["body"] = arguments["body"].model_copy(update={name: labels})


def _unforged(body: Body | None) -> Body | None:
    """The body of a run without what only the server may say of the user."""
    if not isinstance(body, RunCreate):
        return body
    configurable = body.config.get("configurable") or {}
    kept = {name: value for name, value in configurable.items() if not name.startswith(OF_THE_SERVER)}
    if len(kept) == len(configurable):
        return body
    return body.model_copy(update={"config": {**body.config, "configurable": kept}})


def marks(before: dict[str, Any], decision: Decision) -> dict[str, Any]:
    """What a handler added to the metadata: it marks the run's new thread too."""
    given = before.get("metadata") or {}
    left = decision.value.get("metadata") or {}
    return {name: value for name, value in left.items() if name not in given or given[name] != value}


def _assistant_id(named: Any) -> UUID | None:
    if named is None or isinstance(named, UUID):
        return named
    return as_uuid(named) or graph_assistant_id(named)


def plain(value: dict[str, Any]) -> dict[str, Any]:
    """A value as it travels to the project host."""
    shown: dict[str, Any] = jsonx.parse(jsonx.dumps({name: _dumped(item) for name, item in value.items()}))
    return shown


def _dumped(value: Any) -> Any:
    if isinstance(value, Body):
        return value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, dict):
        return {name: _dumped(item) for name, item in value.items()}
    return value
