"""The protocol's commands: start a run, answer its questions, see its tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tornado.web import HTTPError

from duragraph_ext.core.domain.errors import DuragraphError, NotFound
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.queries.assistants import as_uuid
from duragraph_ext.core.queries.runs import RunFilter, get_run, list_interrupts, list_runs
from duragraph_ext.core.queries.watching import run_tree
from duragraph_ext.models import CommandRefused, ProtocolCommand, RespondParams, RunCreateStateful

from ..base import PlatformHandler
from ..context import ApiContext
from ..operation import CREATE_RUN, operation
from ..run_requests import RunRequest
from ..validation import Unprocessable, validate

ENVELOPE = "Protocol commands must include an integer id and string method."
NO_RUN = "No active run is bound to this thread."
SUBSCRIPTIONS = ("subscription.subscribe", "subscription.reconnect")
QUESTIONS = 1000
PAUSES = 5.0
"""Seconds that an answer waits for the run that asked to pause."""


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """A command that is not carried out: one of the protocol's error codes, and a sentence."""

    code: str
    message: str


def is_command(value: Any) -> bool:
    """Whether a message has what every command has."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), int)
        and not isinstance(value["id"], bool)
        and isinstance(value.get("method"), str)
    )


def success(command_id: int, result: Any, applied: int = 0) -> dict[str, Any]:
    """The answer to a command that was carried out."""
    return {"type": "success", "id": command_id, "result": result, "meta": {"applied_through_seq": applied}}


def failure(command_id: Any, error: Refused) -> dict[str, Any]:
    """The answer to one that was not."""
    return {"type": "error", "id": command_id, "error": error.code, "message": error.message}


class Commands:
    """Carries out commands on one thread."""

    def __init__(self, handler: PlatformHandler, thread_id: UUID) -> None:
        self._handler = handler
        self._api: ApiContext = handler.api
        self._principal: Principal = handler.principal
        self._describe = handler.describe
        self._key = handler.idempotency_key
        self._thread_id = thread_id

    async def carry_out(self, method: str, params: Any) -> Any:
        """The result of a command. Raises Refused."""
        given = params if isinstance(params, dict) else {}
        try:
            if method == "run.start":
                return await self._start(given)
            if method == "input.respond":
                return await self._respond(given)
            if method == "agent.getTree":
                return await self._tree(given)
        except Unprocessable as error:
            raise Refused("invalid_argument", str(error)) from None
        except (HTTPError, DuragraphError) as error:
            status, detail = self._describe(error, 500)
            raise Refused("unknown_error", f"{status}: {detail}") from None
        if method == "subscription.unsubscribe":
            raise Refused("no_such_subscription", f"Unknown subscription: {given.get('subscription_id')}")
        if method in SUBSCRIPTIONS:
            raise Refused("not_supported", "Subscriptions need a WebSocket, or POST …/stream/events.")
        raise Refused("unknown_command", f"Unknown protocol command: {method}")

    async def _start(self, params: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(params.get("assistant_id"), str):
            raise Refused("invalid_argument", "run.start requires an assistant_id.")
        names = ("assistant_id", "input", "config", "metadata", "multitask_strategy")
        body = {name: params[name] for name in names if params.get(name) is not None}
        if "multitaskStrategy" in params:  # the JavaScript SDK's spelling for servers before its own
            body.setdefault("multitask_strategy", params["multitaskStrategy"])
        return {"run_id": await self._run(body)}

    async def _respond(self, params: dict[str, Any]) -> dict[str, Any]:
        if "responses" not in params:
            if not isinstance(params.get("interrupt_id"), str):
                raise Refused("invalid_argument", "input.respond requires an interrupt_id.")
            names = ("interrupt_id", "namespace", "response")
            params = {**params, "responses": [{name: params[name] for name in names if name in params}]}
        wanted = validate(RespondParams, params)
        if not wanted.responses:
            raise Refused("invalid_argument", "input.respond requires at least one response.")
        answered = {answer.interrupt_id for answer in wanted.responses}
        assistants = await self._asking(answered)
        if unknown := sorted(answered - assistants.keys()):
            raise Refused("no_such_interrupt", f"Unknown or already-consumed interrupt: {unknown[0]}")
        command: dict[str, Any] = {
            "resume": {answer.interrupt_id: answer.response for answer in wanted.responses},
            **wanted.model_dump(include={"update", "goto"}, exclude_none=True),
        }
        about = wanted.model_dump(include={"config", "metadata"}, exclude_none=True)
        assistant = str(assistants[wanted.responses[0].interrupt_id])
        await self._run({"assistant_id": assistant, "command": command, **about})
        return {}

    async def _asking(self, answered: set[str]) -> dict[str, UUID]:
        """The thread's open interrupts with the assistant that asks, once all of `answered` are among them.

        A client hears of an interrupt before the run that raised it has paused; so an unknown one waits for that.
        """
        found = await self._open()
        if not answered <= found.keys():
            core, outcomes = self._api.core, self._api.outcomes
            running = await list_runs(core, self._principal, self._thread_id, RunFilter(status="running", limit=1))
            if running:
                await outcomes.wait(running[0]["run_id"], PAUSES)
            found = await self._open()
        return found

    async def _open(self) -> dict[str, UUID]:
        rows = await list_interrupts(self._api.core, self._principal, "open", self._thread_id, QUESTIONS)
        return {row["interrupt_id"]: row["assistant_id"] for row in rows}

    async def _run(self, body: dict[str, Any]) -> UUID:
        wanted = validate(RunCreateStateful, {**body, "if_not_exists": "create"})
        arguments: dict[str, Any] = {"thread_id": self._thread_id, "body": wanted}
        await self._handler.consent(CREATE_RUN, arguments)
        request = RunRequest(arguments["body"], thread_id=self._thread_id, streaming=True, key=self._key, protocol=True)
        created = await request.accept(self._api.core, self._principal, self._api.limits, uuid7(), self._api.durability)
        run_id: UUID = created.run["run_id"]
        return run_id

    async def _tree(self, params: dict[str, Any]) -> dict[str, Any]:
        core, run_id = self._api.core, params.get("run_id")
        try:
            if run_id is not None:
                run = await get_run(core, self._principal, self._thread_id, as_uuid(str(run_id)) or uuid4())
            else:
                run = (await list_runs(core, self._principal, self._thread_id, RunFilter(limit=1)))[0]
        except (NotFound, IndexError):
            raise Refused("no_such_run", NO_RUN) from None
        return {"tree": await run_tree(core, self._principal, run)}


class ThreadCommands(PlatformHandler):
    """POST /threads/{thread_id}/commands"""

    @operation(
        "Send a command of the event streaming protocol",
        auth="threads.read",
        body=ProtocolCommand,
        answer=dict[str, Any],
        errors=(400,),
        refusal=CommandRefused,
    )
    async def post(self, thread_id: UUID, body: ProtocolCommand) -> None:
        if not is_command(body.model_dump()):
            self.answer(failure(body.id, Refused("invalid_argument", ENVELOPE)), 400)
            return
        try:
            result = await Commands(self, thread_id).carry_out(body.method, body.params)
        except Refused as error:
            self.answer(failure(body.id, error))
            return
        self.answer(success(body.id, result))
