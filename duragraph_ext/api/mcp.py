"""MCP over streamable HTTP: each assistant is a tool, a call is a run of its own.

A session is a name that a client repeats; it only tells whose request a cancellation means. Nothing is kept of it,
so that every server answers every request.
"""

from __future__ import annotations

import asyncio
import re
from importlib import import_module
from types import ModuleType
from typing import Any
from uuid import uuid4

from tornado.web import HTTPError

from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.queries.runs import RunFilter, list_runs
from duragraph_ext.models import JsonObject, RpcAnswer, RpcRefusal, RpcRequest, RunCreateStateless

from .following import Followed, events_of, followed
from .mcp_tools import AssistantTool, assistant_tools
from .operation import ANYBODY, CREATE_RUN, operation
from .rpc import EVENTS, INVALID_PARAMS, JSON, METHOD_NOT_FOUND, RpcFailure, RpcHandler
from .run_answers import UNFINISHED, body_of
from .run_requests import RunRequest
from .validation import InvalidJson, Unprocessable, parse_json, validate

SESSION = "Mcp-Session-Id"
TOOLS_PAGE = 100
_SESSION_ID = re.compile(r"[\x21-\x7e]{1,128}")


def _shapes() -> ModuleType:
    return import_module(".mcp_shapes", __package__)


class Mcp(RpcHandler):
    """/mcp"""

    shapes: ModuleType
    """`mcp_shapes`, whose import takes a quarter of a second that a start is spared."""

    @property
    def session(self) -> str | None:
        """The name of the session that the client is in."""
        name = self.request.headers.get(SESSION, "")
        return name if _SESSION_ID.fullmatch(name) else None

    @operation(
        "Speak MCP: assistants are tools",
        auth=ANYBODY,
        raw_body=RpcRequest,
        answer=RpcAnswer,
        errors=(400,),
        refusal=RpcRefusal | RpcAnswer,
    )
    async def post(self) -> None:
        if not self.accepts(JSON, EVENTS):
            self.malformed("Accept header must include application/json or text/event-stream")
            return
        try:
            message = parse_json(self.body)
        except InvalidJson:
            self.malformed("Invalid JSON")
            return
        except Unprocessable as error:
            self.malformed(str(error))
            return
        if not isinstance(message, dict):
            self.malformed("Invalid message format.")
        elif message.get("jsonrpc") != "2.0":
            self.malformed("Invalid JSON-RPC message. Missing or invalid jsonrpc version.")
        elif message.get("id") is None or message.get("method") is None:
            await self.notice(message)
        elif not isinstance(message["id"], str | int) or isinstance(message["id"], bool):
            self.malformed("Invalid JSON-RPC message. The id must be a string or an integer.")
        else:
            await self.answer_request(message)

    @operation(
        "End an MCP session: what it still runs is cancelled", auth=ANYBODY, medium="none", status=204, errors=(404,)
    )
    async def delete(self) -> None:
        if self.session is None:
            raise HTTPError(404, f"Not Found: {SESSION} names no session")
        await self.cancel({"session": self.session})
        self.nothing()

    def malformed(self, text: str) -> None:
        """Answer what is no JSON-RPC message, in the reference's words."""
        self.answer({"error": text}, 400)

    async def notice(self, message: JsonObject) -> None:
        """Take a notification or an answer."""
        params = message.get("params")
        if message.get("method") == "notifications/cancelled" and isinstance(params, dict):
            request_id = params.get("requestId")
            if self.session is not None and isinstance(request_id, str | int):
                await self.cancel({"session": self.session, "request": request_id})
        self.set_status(202)
        self.clear_header("Content-Type")
        self.finish()

    async def cancel(self, mark: JsonObject) -> None:
        """Cancel the caller's unfinished runs that carry a mark, on whichever server they are waited for."""
        await self.ask_for("threads.update", {"action": "interrupt"})
        for status in UNFINISHED:
            wanted = RunFilter(status=status, metadata={"mcp": mark}, limit=1000, access=self.access_to("threads"))
            for run in await list_runs(self.core, self.principal, None, wanted):
                await cancel_run(self.core, self.principal, run["thread_id"], run["run_id"])

    async def answer_request(self, message: JsonObject) -> None:
        """Answer a request with its result or an error."""
        self.rpc_id = message["id"]
        self.shapes = await asyncio.to_thread(_shapes)  # the first one imports them
        try:
            method, params = message["method"], message.get("params") or {}
            if not isinstance(params, dict):
                raise RpcFailure(INVALID_PARAMS, "params: must be an object")
            if method == "initialize":
                await self.end_with(result=self.initialized(params))
            elif method == "ping":
                await self.end_with(result={})
            elif method == "tools/list":
                await self.end_with(result=await self.listed(params))
            elif method == "tools/call":
                await self.call(params)
            else:
                raise RpcFailure(METHOD_NOT_FOUND, f"Method not found: {method}")
        except Exception as error:
            failure = self.failure_of(error)
            if failure is None:
                raise
            await self.fail(failure)

    def initialized(self, params: JsonObject) -> JsonObject:
        """Agree on a revision, and give the session a name."""
        self.set_header(SESSION, uuid4().hex)
        greeting: JsonObject = self.shapes.greeting(params.get("protocolVersion"))
        return greeting

    async def listed(self, params: JsonObject) -> JsonObject:
        """A page of the tools; the cursor is the name that ended the page before."""
        cursor, start = params.get("cursor"), 0
        tools = await self.tools(anew=cursor is None)
        names = list(tools)
        if cursor is not None:
            if not isinstance(cursor, str) or cursor not in tools:
                raise RpcFailure(INVALID_PARAMS, "cursor: names no place in the list of tools")
            start = names.index(cursor) + 1
        page = names[start : start + TOOLS_PAGE]
        shown: JsonObject = {"tools": [self.shapes.described(tools[name]) for name in page]}
        if start + TOOLS_PAGE < len(names):
            shown["nextCursor"] = page[-1]
        return shown

    async def call(self, params: JsonObject) -> None:
        """Run an assistant on nothing but the arguments, and answer with what it came to."""
        name, arguments = params.get("name"), params.get("arguments")
        if not isinstance(name, str):
            raise RpcFailure(INVALID_PARAMS, f"Unknown tool: {name}")
        tools = await self.tools()
        if name not in tools:
            tools = await self.tools(anew=True)
        if name not in tools:
            raise RpcFailure(INVALID_PARAMS, f"Unknown tool: {name}")
        if arguments is not None and not isinstance(arguments, dict):
            raise RpcFailure(INVALID_PARAMS, "arguments: must be an object")
        meta = params.get("_meta")
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        reports = token is not None and self.accepts(EVENTS)
        request = await self.run_request(tools[name], arguments or {}, streaming=reports)
        async with followed(self, request, cancels=True) as run:
            if reports:
                await self.report(run, token)
            await self.conclude(run)

    async def tools(self, *, anew: bool = False) -> dict[str, AssistantTool]:
        """The tools that the caller may see, by name."""
        await self.ask_for("assistants.search", {"graph_id": None, "metadata": {}})
        return await assistant_tools(self.core, self.principal, self.access_to("assistants"), anew=anew)

    async def run_request(self, tool: AssistantTool, arguments: JsonObject, *, streaming: bool) -> RunRequest:
        """The run that a call stands for."""
        mark = {"mcp": {"session": self.session, "request": self.rpc_id}} if self.session else {}
        wanted = {"assistant_id": str(tool.assistant_id), "input": tool.input_of(arguments), "metadata": mark}
        body = validate(RunCreateStateless, {**wanted, "stream_mode": ["updates" if streaming else "values"]})
        given = {"body": body}
        await self.consent(CREATE_RUN, given)
        return RunRequest(given["body"], thread_id=None, streaming=streaming, key=None)

    async def report(self, run: Followed, token: Any) -> None:
        """Tell the client of every node that ends."""
        await self.begin_stream()
        progress = 0
        async for event in events_of(self, run):
            if self.gone:
                return
            if event is None:
                await self.keep_alive()
            elif event[0] == "updates":
                for node in event[1]:
                    progress += 1
                    params = {"progressToken": token, "progress": progress, "message": node}
                    await self.send_message({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})

    async def conclude(self, run: Followed) -> None:
        """Answer with the run's end, giving signs of life until then."""
        while not run.end.done():
            await asyncio.wait((run.end,), timeout=self.api.keepalive)
            if self.gone:
                return
            if not run.end.done():
                if self.accepts(EVENTS):
                    await self.begin_stream()
                await self.keep_alive()
        if run.end.cancelled():  # the server stops: the client comes back
            self.hang_up()
            return
        self.release()
        outcome = run.end.result()
        if outcome.status in ("error", "timeout"):
            result = self.shapes.failed(outcome.error)
        elif outcome.status == "interrupted":
            result = self.shapes.failed({"message": "The run was cancelled"})
        else:
            result = self.shapes.output(await body_of(self.core, self.principal, outcome))
        if not self.gone:
            await self.end_with(result=result)
