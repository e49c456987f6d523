"""Questions to workers, by NATS request and reply: for what only the graph itself can tell or do.

One of the workers that serve a graph answers. What a worker raises for the asker's sake is raised here again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from ..domain.errors import Conflict, DuragraphError, GraphError, Invalid, NotFound, Unavailable
from ..jsonx import dumps
from . import subjects
from .bus import Bus

TIMEOUT = 10.0
"""Seconds that a question may take, if the asker does not say."""
LISTENING_SECONDS = (0.05, 0.25)
"""Pauses before a question that nobody heard is asked again."""


class HasBus(Protocol):
    """What is needed of a Core."""

    @property
    def bus(self) -> Bus:
        """The connection to NATS."""


async def ask(
    core: HasBus,
    tenant_id: str,
    graph_id: str | None,
    question: str,
    body: Mapping[str, Any],
    timeout: float = TIMEOUT,
) -> dict[str, Any]:
    """Ask a worker that serves `graph_id`, or any worker without one, and wait for its answer.

    Raises Unavailable without a worker, without NATS or after `timeout` seconds; Invalid, NotFound, Conflict or
    GraphError when the worker did.
    """
    named = f"graph {graph_id}" if graph_id else "any graph"
    client = core.bus.client
    if not client.is_connected:
        raise Unavailable(f"NATS is away, and with it the workers that serve {named}")
    payload = dumps({"question": question, "timeout": timeout, "body": body})
    if len(payload) > client.max_payload:
        raise Invalid("body", f"is larger than the {client.max_payload} bytes that a worker can be asked")
    try:
        message = await _request(core, subjects.ask(tenant_id, graph_id), payload, timeout)
    except NoRespondersError:
        raise Unavailable(f"no worker serves {named}") from None
    except (NatsTimeoutError, TimeoutError):
        raise Unavailable(f"the worker of {named} did not answer within {timeout:g} s") from None
    except NatsError as error:
        raise Unavailable(f"the workers of {named} cannot be asked: {error}") from error
    reply: dict[str, Any] = orjson.loads(message.data)
    if "error" in reply:
        raise raised(reply["error"])
    answer: dict[str, Any] = reply["answer"]
    return answer


async def _request(core: HasBus, subject: str, payload: bytes, timeout: float) -> Msg:
    """Ask, and ask again while a worker that has just come, or come back, begins to listen."""
    for pause in LISTENING_SECONDS:
        try:
            return await core.bus.client.request(subject, payload, timeout=timeout)
        except NoRespondersError:
            await asyncio.sleep(pause)
    return await core.bus.client.request(subject, payload, timeout=timeout)


def described(error: DuragraphError) -> dict[str, Any]:
    """An error as it travels; `raised` makes it again."""
    if isinstance(error, Invalid):
        return {"kind": "invalid", "field": error.field, "message": error.message}
    if isinstance(error, NotFound):
        return {"kind": "not_found", "field": error.kind, "message": str(error.identity)}
    if isinstance(error, GraphError):
        return {"kind": "graph", "field": error.error, "message": error.message}
    kind = "conflict" if isinstance(error, Conflict) else "unavailable"
    return {"kind": kind, "field": None, "message": str(error)}


def raised(error: Mapping[str, Any]) -> DuragraphError:
    """The error that a worker described."""
    field, message = error["field"], error["message"]
    if error["kind"] == "invalid":
        return Invalid(field, message)
    if error["kind"] == "not_found":
        return NotFound(field, message)
    if error["kind"] == "graph":
        return GraphError(field, message)
    return Conflict(message) if error["kind"] == "conflict" else Unavailable(message)
