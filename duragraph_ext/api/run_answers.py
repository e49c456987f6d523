"""What a run ended with, as `wait` and `join` answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from duragraph_ext.core import jsonx
from duragraph_ext.core.context import Outcome
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.queries.graphs import graph_info
from duragraph_ext.core.queries.state import get_state

if TYPE_CHECKING:
    from duragraph_ext.core import Core
    from duragraph_ext.core.domain.principal import Principal

UNFINISHED = ("pending", "running")
UNKNOWN_RUN = {"error": "HTTPException", "message": "404: Run not found"}

GONE = {"error": "Gone", "message": "The values of this run were deleted with its thread"}


def failure(error: Any) -> bytes:
    """The body of a run that failed."""
    return jsonx.dumps({"__error__": error})


def outcome_of(run: Mapping[str, Any]) -> Outcome:
    """How a run ended, from its row."""
    return Outcome(
        run["run_id"], run["thread_id"], run["status"], "", run["checkpoint_id"], run["error"], ""
    )  # fmt: skip


async def body_of(core: Core, principal: Principal, outcome: Outcome) -> bytes:
    """The values of a run that ended, with its open questions; or its error."""
    if outcome.status in ("error", "timeout"):
        return failure(outcome.error)
    if outcome.values is not None:
        return outcome.values
    if outcome.checkpoint_id is None and outcome.status == "interrupted":
        return b"{}"
    checkpoint = {"checkpoint_id": outcome.checkpoint_id} if outcome.checkpoint_id else None
    try:
        state = await get_state(core, principal, outcome.thread_id, checkpoint)
    except NotFound:
        return failure(GONE)
    values = await _output(core, principal, state)
    questions = jsonx.parse(jsonx.dumps(state["interrupts"])) if outcome.status == "success" else []
    if not questions:
        return jsonx.dumps(values)
    asked = [{"value": q["value"], "id": q["id"], "response_schema": None} for q in questions]
    return jsonx.dumps({**(values if isinstance(values, dict) else {}), "__interrupt__": asked})


async def _output(core: Core, principal: Principal, state: dict[str, Any]) -> Any:
    """The values that the graph gives out: all, unless it declares an output."""
    values, metadata = state["values"], state["metadata"]
    if metadata is None or not isinstance(values, dict):
        return values
    graph_id = jsonx.parse(jsonx.dumps(metadata)).get("graph_id")
    try:
        output = (await graph_info(core, principal.tenant_id, graph_id)).get("output")
    except NotFound:
        return values
    return {name: values[name] for name in output if name in values} if isinstance(output, list) else values
