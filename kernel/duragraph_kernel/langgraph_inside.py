"""What we use of LangGraph that it does not promise to keep, in one place; tests/kernel holds it to the release."""

from langgraph._internal._constants import (
    CONFIG_KEY_CHECKPOINT_MAP,
    ERROR,
    INTERRUPT,
    NO_WRITES,
    NULL_TASK_ID,
    PULL,
    PUSH,
    RESUME,
    RETURN,
    TASKS,
)
from langgraph._internal._serde import collect_allowlist_from_schemas
from langgraph._internal._typing import MISSING
from langgraph.checkpoint.serde.jsonplus import EXT_CONSTRUCTOR_SINGLE_ARG
from langgraph.checkpoint.serde.jsonplus import _msgpack_default as msgpack_default
from langgraph.checkpoint.serde.jsonplus import _option as MSGPACK_OPTION
from langgraph.checkpoint.serde.types import _DeltaSnapshot as DeltaSnapshot

__all__ = [
    "CONFIG_KEY_CHECKPOINT_MAP",
    "ERROR",
    "EXT_CONSTRUCTOR_SINGLE_ARG",
    "INTERRUPT",
    "MISSING",
    "MSGPACK_OPTION",
    "NO_WRITES",
    "NULL_TASK_ID",
    "PULL",
    "PUSH",
    "RESUME",
    "RETURN",
    "TASKS",
    "DeltaSnapshot",
    "collect_allowlist_from_schemas",
    "msgpack_default",
]
