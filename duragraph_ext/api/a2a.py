"""A2A: assistants that take messages talk to other agents. A context is a thread, a task a run of it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.context import Outcome
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.queries.assistants import as_uuid, get_assistant
from duragraph_ext.core.queries.graphs import graph_definition
from duragraph_ext.models import AgentCardQuery, JsonObject, RpcAnswer, RpcRefusal, RpcRequest, RunCreateStateful

from .a2a_card import card_of
from .a2a_shapes import (
    NO_PUSH_NOTIFICATIONS,
    SPEAKERS,
    TASK_NOT_CANCELABLE,
    TERMINAL,
    UNSUPPORTED_OPERATION,
    Dialect,
    Speech,
    heard,
    history_length,
    now,
    object_in,
    parts_of,
    spoken,
    text_part,
)
from .a2a_tasks import MARK, TaskRun, Tasks, missing_task, task_name
from .following import Followed, events_of, followed
from .operation import ANYBODY, CREATE_RUN, READ_ASSISTANT, READ_THREAD, UPDATE_THREAD, Operation, operation
from .rpc import (
    EVENTS,
    INVALID_PARAMS,
    INVALID_REQUEST,
    JSON,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    RpcFailure,
    RpcHandler,
)
from .run_answers import UNFINISHED
from .run_requests import RunRequest
from .validation import InvalidJson, parse_json, validate

OLD, MODERN = Dialect(modern=False), Dialect(modern=True)
METHODS = {
    "message/send": ("send", OLD),
    "message/stream": ("stream", OLD),
    "tasks/get": ("get_task", OLD),
    "tasks/cancel": ("cancel_task", OLD),
    "SendMessage": ("send", MODERN),
    "SendStreamingMessage": ("stream", MODERN),
    "GetTask": ("get_task", MODERN),
    "CancelTask": ("cancel_task", MODERN),
    "GetExtendedAgentCard": ("extended_card", MODERN),
}
"""Method: (what does it, the dialect it belongs to)."""
SCOPE = "LangGraph-A2A-History-Scope"

Refusal = RpcRefusal | RpcAnswer


class _AgentHandler(RpcHandler):
    assistant: JsonObject
    inputs: JsonObject
    """The fields of the graph's input and what it requires."""

    async def find_assistant(self, name: str) -> None:
        """Look up who is asked. Raises RpcFailure."""
        assistant_id = as_uuid(name)
        if assistant_id is None:
            raise RpcFailure(INVALID_PARAMS, "Invalid assistant ID: must be a UUID")
        try:
            await self.consent(READ_ASSISTANT, {"assistant_id": assistant_id})
            self.assistant = await get_assistant(self.core, self.principal, assistant_id)
            definition = await graph_definition(self.core, self.principal.tenant_id, self.assistant["graph_id"])
        except NotFound:
            raise RpcFailure(INVALID_PARAMS, f"Assistant '{name}' not found") from None
        self.inputs = (definition.get("schemas") or {}).get("input_schema") or {}

    def card(self) -> JsonObject:
        """How the assistant introduces itself, reachable under the address that the client used."""
        before, found, _ = self.request.path.rpartition("/.well-known/")
        if not found:
            before = self.request.path.rpartition("/a2a/")[0]
        origin = f"{self.request.protocol}://{self.request.host}"
        return card_of(self.assistant, self.inputs, f"{origin}{before}/a2a/{self.assistant['assistant_id']}")

    async def answer_card(self, name: str | None) -> None:
        """Answer with the card of an assistant, or say what is wrong with its name."""
        try:
            if name is None:
                raise RpcFailure(INVALID_PARAMS, "Missing required query parameter: assistant_id")
            if as_uuid(name) is None:
                text = f"Failed to get assistant '{name}': Invalid assistant ID: must be a UUID"
                raise RpcFailure(INVALID_PARAMS, text)
            await self.find_assistant(name)
        except RpcFailure as error:
            self.answer({"error": {"code": error.code, "message": error.message}}, 400)
            return
        self.answer(self.card())


class AgentCard(_AgentHandler):
    """GET /.well-known/agent-card.json"""

    @operation(
        "Get the agent card of an assistant",
        auth=ANYBODY,
        query=AgentCardQuery,
        answer=JsonObject,
        errors=(400,),
        refusal=Refusal,
    )
    async def get(self, query: AgentCardQuery) -> None:
        await self.answer_card(query.assistant_id)


class A2A(_AgentHandler):
    """/a2a/{assistant_id}"""

    @operation(
        "Get the agent card of an assistant",
        auth=ANYBODY,
        answer=JsonObject,
        errors=(400,),
        refusal=Refusal,
        by_name=True,
    )
    async def get(self, assistant_id: str) -> None:
        await self.answer_card(assistant_id)

    @operation(
        "Speak A2A", auth=ANYBODY, raw_body=RpcRequest, answer=RpcAnswer, errors=(400,), refusal=Refusal, by_name=True
    )
    async def post(self, assistant_id: str) -> None:
        try:
            message = parse_json(self.body)
            method, params = self.understood(message)
            if method in METHODS and METHODS[method][0] == "stream":
                if isinstance(params.get("message"), dict) and not self.accepts(EVENTS):
                    self.answer({"error": f"Accept header must include {EVENTS} for streaming"}, 400)
                    return
            elif not self.accepts(JSON, "*/*") and self.request.headers.get("Accept"):
                self.answer({"error": f"Accept header must include {JSON}"}, 400)
                return
            await self.find_assistant(assistant_id)
            if method not in METHODS:
                raise RpcFailure(METHOD_NOT_FOUND, f"Method not found: {method}")
            name, dialect = METHODS[method]
            await getattr(self, name)(params, dialect)
        except InvalidJson:
            await self.fail(RpcFailure(PARSE_ERROR, "Invalid JSON payload"))
        except Exception as error:
            failure = self.failure_of(error)
            if failure is None:
                raise
            await self.fail(failure)

    def understood(self, message: Any) -> tuple[str, JsonObject]:
        """The method and parameters of a request. Raises RpcFailure."""
        if not isinstance(message, dict):
            raise RpcFailure(INVALID_REQUEST, "Invalid message format: expected object")
        request_id = message.get("id")
        if isinstance(request_id, str | int) and not isinstance(request_id, bool):
            self.rpc_id = request_id
        if message.get("jsonrpc") != "2.0":
            raise RpcFailure(INVALID_REQUEST, "Invalid JSON-RPC message: missing or invalid jsonrpc version")
        if self.rpc_id is None:
            raise RpcFailure(INVALID_REQUEST, "Invalid message format: must be a JSON-RPC request or notification")
        method, params = message.get("method"), message.get("params")
        if not isinstance(method, str) or not method:
            raise RpcFailure(INVALID_REQUEST, "Invalid JSON-RPC request: missing 'method' field")
        if params is not None and not isinstance(params, dict):
            raise RpcFailure(INVALID_PARAMS, "params: must be an object")
        return method, params or {}

    # Reading what was asked

    @property
    def tasks(self) -> Tasks:
        """The tasks of the assistant."""
        return Tasks(self.core, self.principal, self.assistant["assistant_id"])

    def scope(self) -> str:
        """Whether histories are of the whole context or of the task. Raises RpcFailure."""
        scope = self.request.headers.get(SCOPE, "context")
        if scope not in ("context", "task"):
            raise RpcFailure(INVALID_PARAMS, "historyScope must be 'context' or 'task'")
        return scope

    async def task_of(self, params: JsonObject, need: Operation) -> TaskRun:
        """The task that the parameters name. Raises RpcFailure."""
        name, context = params.get("id"), params.get("contextId")
        if not isinstance(name, str) or not name:
            raise RpcFailure(INVALID_PARAMS, "Missing required parameter: id (task_id)")
        return await self.find_task(name, context if isinstance(context, str) else None, need)

    async def find_task(self, name: str, context: str | None, need: Operation) -> TaskRun:
        """A task of a thread on which the caller may do what is needed. Raises RpcFailure."""
        task = await self.tasks.find(name, context)
        try:
            await self.consent(need, {"thread_id": task.run["thread_id"]})
        except NotFound:
            raise missing_task(name, context) from None
        return task

    async def prepared(self, params: JsonObject, *, streaming: bool) -> tuple[RunRequest, UUID, UUID, TaskRun | None]:
        """The run that a message asks for, its id, its thread, and the task that it goes on with."""
        message = params.get("message")
        speech = heard(message)
        assert isinstance(message, dict)
        configuration = object_in(params, "configuration")
        if any(name.lower().endswith("pushnotificationconfig") and configuration[name] for name in configuration):
            raise RpcFailure(NO_PUSH_NOTIFICATIONS, "Push notifications are not supported")
        context, named = message.get("contextId") or None, message.get("taskId") or None
        wanted: JsonObject = {"metadata": {**object_in(params, "metadata"), **object_in(message, "metadata")}}
        run_id, task = uuid7(), None
        if named is not None:
            task = await self.find_task(str(named), str(context) if context else None, READ_THREAD)
            await self.check_open(task)
            thread_id = task.run["thread_id"]
            wanted["command"] = {"resume": speech.as_answer()}
        else:
            thread_id = uuid7() if context is None else as_uuid(str(context))
            if thread_id is None:
                raise RpcFailure(INVALID_PARAMS, "Failed to create run: Invalid thread ID")
            wanted["input"] = self.input_of(speech)
        wanted["metadata"][MARK] = {"task_id": str(task.first if task else run_id)}
        wanted["stream_mode"] = ["messages" if streaming else "values"]
        wanted |= {"assistant_id": str(self.assistant["assistant_id"]), "if_not_exists": "create"}
        body = validate(RunCreateStateful, wanted)
        given: dict[str, Any] = {"thread_id": thread_id, "body": body}
        await self.consent(CREATE_RUN, given)
        return RunRequest(given["body"], thread_id=thread_id, streaming=streaming, key=None), run_id, thread_id, task

    async def check_open(self, task: TaskRun) -> None:
        """Raise RpcFailure for a task that asks nothing."""
        shown = await self.tasks.show(task, OLD, scope="context", length=0)
        state = shown["status"]["state"]
        if state in TERMINAL:
            raise RpcFailure(UNSUPPORTED_OPERATION, "A terminal task cannot accept another message")
        if state != "input-required":
            raise RpcFailure(UNSUPPORTED_OPERATION, f"A task that is {state} cannot accept another message")

    def input_of(self, speech: Speech) -> JsonObject:
        """The graph's input from a message. Raises RpcFailure where the graph takes none."""
        given: JsonObject = {}
        for data in speech.data:
            if not isinstance(data, dict):
                raise RpcFailure(INVALID_PARAMS, "message.parts: data must be an object, whose fields are the input's")
            given |= data
        if speech.content is None:
            return given
        fields = list(self.inputs.get("properties", {}))
        if "messages" not in fields:
            raise RpcFailure(
                INVALID_PARAMS,
                f"Assistant '{self.assistant['assistant_id']}' (graph '{self.assistant['graph_id']}') does not support "
                "A2A conversational messages. Graph input schema must include a 'messages' field to accept text or "
                f"file parts. Available input fields: {fields}",
            )
        return {**given, "messages": [speech.as_message()]}

    # The methods

    async def send(self, params: JsonObject, dialect: Dialect) -> None:
        """Take a message, and answer with the task: once it has ended or asks back, or at once if asked so."""
        scope, configuration = self.scope(), object_in(params, "configuration")
        length = history_length(configuration)
        request, run_id, thread_id, earlier = await self.prepared(params, streaming=False)
        waits = configuration.get("blocking") is not False and configuration.get("returnImmediately") is not True
        async with followed(self, request, cancels=False, run_id=run_id) as run:
            first = earlier.first if earlier else run_id
            task = TaskRun(earlier.name if earlier else task_name(thread_id, run_id), first, run.run)
            if not waits:
                await self.end_with(result=dialect.sent(self.submitted(task, params, dialect)))
                return
            outcome = await self.end_of(run)
            if outcome is None or self.gone:
                return
            shown = await self.tasks.show(task, dialect, scope=scope, length=length, outcome=outcome)
            if shown["status"]["state"] == dialect.state("completed"):
                shown["status"].pop("message")  # the artifact says it
            await self.end_with(result=dialect.sent(shown))

    async def end_of(self, run: Followed) -> Outcome | None:
        """How a run ends, with signs of life until then; None when nobody is there to hear it."""
        while not run.end.done():
            await asyncio.wait((run.end,), timeout=self.api.keepalive)
            if self.gone:
                return None
            if not run.end.done():
                await self.keep_alive()
        if run.end.cancelled():  # the server stops: the client comes back
            self.hang_up()
            return None
        self.release()
        return run.end.result()

    async def stream(self, params: JsonObject, dialect: Dialect) -> None:
        """Take a message, and tell what happens as it happens."""
        heard(params.get("message"))
        await self.begin_stream()
        request, run_id, thread_id, earlier = await self.prepared(params, streaming=True)
        async with followed(self, request, cancels=False, run_id=run_id) as run:
            first = earlier.first if earlier else run_id
            task = TaskRun(earlier.name if earlier else task_name(thread_id, run_id), first, run.run)
            await self.send_message(self.envelope(result=dialect.sent(self.submitted(task, params, dialect))))
            async for event in events_of(self, run):
                if self.gone:
                    return
                if event is None:
                    await self.keep_alive()
                elif event[0] in ("messages/partial", "messages/complete"):
                    for message in event[1]:
                        await self.tell(task, message, dialect)
            outcome = await self.end_of(run)
            if outcome is not None and not self.gone:
                await self.conclude(task, outcome, dialect)

    def submitted(self, task: TaskRun, params: JsonObject, dialect: Dialect) -> JsonObject:
        """A task that has just been taken, with the message that it was given."""
        message = {"kind": "message", **params["message"], "taskId": task.name, "contextId": task.context}
        return {
            "kind": "task",
            "id": task.name,
            "contextId": task.context,
            "history": [message],
            "status": {"state": dialect.state("submitted"), "timestamp": now()},
        }

    async def tell(self, task: TaskRun, message: JsonObject, dialect: Dialect) -> None:
        """Tell what the agent has said so far of one message."""
        if SPEAKERS.get(message["type"]) == "agent" and (parts := parts_of(message, dialect)):
            said = spoken(dialect.role("agent"), parts, context=task.context, task=task.name)
            await self.update(task, dialect, "working", said, final=False)

    async def update(
        self, task: TaskRun, dialect: Dialect, state: str, said: JsonObject | None, *, final: bool
    ) -> None:
        """Tell the task's status."""
        status = {"state": dialect.state(state), **({"message": said} if said else {}), "timestamp": now()}
        update: JsonObject = {"taskId": task.name, "contextId": task.context, "status": status, "final": final}
        await self.send_message(self.envelope(result=dialect.update("status-update", update)))

    async def conclude(self, task: TaskRun, outcome: Outcome, dialect: Dialect) -> None:
        """Tell what the task made or asks, and how it stands; then end the stream."""
        standing = await self.tasks.standing(outcome)
        for made in self.tasks.artifacts(standing, dialect):
            update: JsonObject = {"taskId": task.name, "contextId": task.context, "artifact": made}
            if standing.state == "completed":
                update |= {"append": False, "lastChunk": True}
            await self.send_message(self.envelope(result=dialect.update("artifact-update", update)))
        said = None
        if standing.error is not None:
            parts = [text_part(str(standing.error.get("message") or standing.error.get("error") or ""))]
            said = spoken(dialect.role("agent"), parts, context=task.context, task=task.name)
        await self.update(task, dialect, standing.state, said, final=True)
        self.finish()

    async def get_task(self, params: JsonObject, dialect: Dialect) -> None:
        """Answer with a task as it stands."""
        scope, length = self.scope(), history_length(params)
        task = await self.task_of(params, READ_THREAD)
        await self.end_with(result=await self.tasks.show(task, dialect, scope=scope, length=length))

    async def cancel_task(self, params: JsonObject, dialect: Dialect) -> None:
        """Cancel a task that runs or waits to; final when this answers."""
        task = await self.task_of(params, UPDATE_THREAD)
        run = task.run
        if run["status"] in UNFINISHED:
            run = await cancel_run(self.core, self.principal, run["thread_id"], run["run_id"])
        if run["status"] not in UNFINISHED:
            raise RpcFailure(TASK_NOT_CANCELABLE, "Task is not cancelable in its current state")
        said = spoken(dialect.role("agent"), [text_part("Task was canceled")], task=task.name)
        status = {"state": dialect.state("canceled"), "timestamp": now(), "message": said}
        await self.end_with(result={"kind": "task", "id": task.name, "contextId": task.context, "status": status})

    async def extended_card(self, params: JsonObject, dialect: Dialect) -> None:
        """Answer with the agent card."""
        await self.end_with(result=self.card())
