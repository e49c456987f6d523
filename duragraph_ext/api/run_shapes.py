"""Runs as the reference shows them: with the configuration that the graph is given, filled in from the row."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from uuid import uuid5

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.policies import COMPATIBLE_WITH
from duragraph_ext.models import JsonObject
from duragraph_ext.models.runs import RUN_FIELDS

DISTRIBUTION_VERSION = version("duragraph-ext")
LANGGRAPH_VERSION = version("langgraph")
MORE = ("graph_id", "worker", "attempt", "started_at", "ended_at", "error", "queued_for")
KWARGS = (
    "context",
    "stream_mode",
    "interrupt_before",
    "interrupt_after",
    "webhook",
    "feedback_keys",
    "temporary",
    "subgraphs",
    "resumable",
    "checkpoint_during",
    "durability",
)


def as_run(row: Mapping[str, Any]) -> JsonObject:
    """A run with the reference's fields, in its order."""
    run = {name: row[name] for name in RUN_FIELDS}
    return {**run, "kwargs": _kwargs(row), "langsmith_session_name": None}


def as_row(row: Mapping[str, Any]) -> JsonObject:
    """A run with what DuraGraph knows of it."""
    return {**as_run(row), **{name: row[name] for name in MORE}}


def _kwargs(row: Mapping[str, Any]) -> JsonObject:
    stored: JsonObject = row["kwargs"] if isinstance(row["kwargs"], dict) else jsonx.parse(row["kwargs"])
    started = row.get("attempt", 0) > 0
    config = stored["config"]
    config = {
        **config,
        "configurable": {**config["configurable"], **(stored["checkpoint"] or {}), **_identity(row, stored, started)},
        "metadata": {**row["metadata"], **(_versions(row) if started else {})},
    }
    return {
        "input": stored["input"],
        "command": stored["command"],
        "config": config,
        **{name: stored[name] for name in KWARGS},
    }


def _identity(row: Mapping[str, Any], stored: JsonObject, started: bool) -> JsonObject:
    user: JsonObject = stored.get("user") or {}
    identity = user.get("identity", "")
    return {
        "langgraph_auth_user": user or None,
        "langgraph_auth_user_id": identity,
        "langgraph_auth_permissions": user.get("permissions", []),
        "langgraph_request_id": uuid5(row["run_id"], "request"),
        "__request_start_time_ms__": int(row["created_at"].timestamp() * 1000),
        "__after_seconds__": 0,
        "run_id": row["run_id"],
        "thread_id": row["thread_id"],
        "graph_id": row["graph_id"],
        "assistant_id": row["assistant_id"],
        "user_id": stored["config"]["configurable"].get("user_id", identity),
        **({"__pregel_node_finished": None} if started else {}),
    }


def _versions(row: Mapping[str, Any]) -> JsonObject:
    return {
        "run_attempt": row["attempt"],
        "langgraph_version": LANGGRAPH_VERSION,
        "langgraph_api_version": COMPATIBLE_WITH,
    }
