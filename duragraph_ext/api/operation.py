"""An operation is a handler's method with what the outside must know of it; OpenAPI is made from these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from duragraph_ext.models.base import Query
from duragraph_ext.models.system import ErrorDetail

from .validation import Unprocessable, parse_body, parse_query, parse_uuid

if TYPE_CHECKING:
    from .base import PlatformHandler

Method = Callable[..., Awaitable[None]]
Medium = Literal["json", "sse", "text", "html", "none"]
Auth = str | tuple[str, ...]
"""`resource.action` of the project's `@auth.on` handlers, which are asked in this order; or ANYBODY, or HOLDER."""
ANYBODY = "anybody"
"""Whoever is authenticated."""
HOLDER = "holder"
"""The holder of this Jupyter server alone: no user of the project's own auth."""
UUID_PARAMETERS = {
    "assistant_id": "assistant ID",
    "cron_id": "cron ID",
    "run_id": "run ID",
    "thread_id": "thread ID",
    "worker_id": "worker ID",
}
"""Path parameters that are UUIDs, with their names in messages."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method takes and gives."""

    summary: str
    body: type[BaseModel] | None = None
    raw_body: type[BaseModel] | None = None
    """The shape of a body that the method parses itself, because its errors have a form of their own."""
    query: type[Query] | None = None
    answer: Any = None
    """The type of the answer, as pydantic understands types."""
    medium: Medium = "json"
    status: int = 200
    errors: tuple[int, ...] = ()
    refusal: Any = ErrorDetail
    """The type of what `errors` answer."""
    reads: bool = False
    """Whether Jupyter's authorizer is asked for `read` rather than `write`; GET always reads."""
    open: bool = False
    """Whether anybody may ask."""
    creates: bool = False
    """Whether an Idempotency-Key is honoured."""
    by_name: bool = False
    """Whether the assistant may be named by its graph."""
    auth: Auth | None = None
    """What a user of the project's own auth needs for this; none declared is nobody's."""
    hidden: str | None = None
    """The detail of the 404 for a thread that the project's auth hides, where it is not that of a missing one."""
    missing: str | None = None
    """The detail of a 404, formatted with the path parameters; None takes the error's own words."""


CREATE_RUN = Operation("Start a run", auth="threads.create_run")
READ_ASSISTANT = Operation("Read an assistant", auth="assistants.read")
READ_THREAD = Operation("Read a thread", auth="threads.read")
UPDATE_THREAD = Operation("Change a thread", auth="threads.update")
"""What a request may turn out to do that is of no route of its own: a command, a call, a message."""


def operation(summary: str, **about: Any) -> Callable[[Method], Method]:
    """Declare a handler's method: its arguments arrive parsed, as `body`, `query` and path parameters."""
    op = Operation(summary, **about)

    def decorate(method: Method) -> Method:
        @wraps(method)
        async def run(self: PlatformHandler, **path: str) -> None:
            self.raise_refusal()
            arguments: dict[str, Any] = dict(path)
            for name, text in path.items():
                if "\0" in text:
                    raise Unprocessable(f"{name}: must not contain the character U+0000")
                if name in UUID_PARAMETERS and not (op.by_name and name == "assistant_id"):
                    arguments[name] = parse_uuid(UUID_PARAMETERS[name], text)
            if op.query is not None:
                arguments["query"] = parse_query(op.query, self.request.query_arguments)
            if op.body is not None:
                arguments["body"] = parse_body(op.body, self.body)
            await self.consent(op, arguments)
            await method(self, **arguments)

        run.__operation__ = op  # type: ignore[attr-defined]
        return run

    return decorate


def operation_of(handler: type, verb: str) -> Operation | None:
    """The operation behind a handler's verb (`get`, `post` …), if it has that verb."""
    op: Operation | None = getattr(getattr(handler, verb, None), "__operation__", None)
    return op
