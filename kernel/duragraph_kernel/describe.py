"""What a graph looks like from outside: topology, schemas, and what the read model needs to answer without it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints, is_typeddict

import orjson
from langgraph.channels import (
    AnyValue,
    BinaryOperatorAggregate,
    EphemeralValue,
    LastValue,
    UntrackedValue,
)
from langgraph.channels.base import BaseChannel
from langgraph.errors import EmptyChannelError
from langgraph.pregel import Pregel
from pydantic import BaseModel, create_model

from .jsontext import loose_dumps
from .langgraph_inside import MISSING

Graph = Pregel[Any, Any, Any, Any]
XRAY_DEPTH = 8
PLAIN = (AnyValue, BinaryOperatorAggregate, EphemeralValue, LastValue, UntrackedValue)
"""Channels whose checkpoint is their value."""


def describe(graph: Graph, graph_id: str) -> dict[str, Any]:
    """The `definition` of a graph: graph by xray level, schemas, subgraphs' schemas, read-model info."""
    return {
        "graph": topology(graph),
        "schemas": schemas(graph, graph_id),
        "subgraphs": {
            namespace: schemas(subgraph, "LangGraph", joined=True)
            for namespace, subgraph in _subgraphs(graph, recurse=True)
        },
        "info": readmodel_info(graph),
    }


def topology(graph: Graph) -> dict[str, Any]:
    """The drawable graph at every xray level that differs from the one before."""
    levels: dict[str, Any] = {"0": _drawn(graph, 0)}
    for depth in range(1, XRAY_DEPTH + 1):
        drawn = _drawn(graph, depth)
        if drawn == levels[str(depth - 1)]:
            break
        levels[str(depth)] = drawn
    return levels


def _drawn(graph: Graph, depth: int) -> dict[str, Any]:
    drawn = graph.get_graph(xray=depth or False).to_json()
    nodes = []
    for node in drawn["nodes"]:
        shown = {key: value for key, value in node.items() if key != "data"}
        if "data" in node:
            shown["type"] = "runnable"
            shown["data"] = {"name": node["id"]}
        else:
            shown.pop("type", None)
        order = ("id", "type", "data", "metadata")
        nodes.append({key: shown[key] for key in order if key in shown})
    return {"nodes": nodes, "edges": drawn["edges"]}


def schemas(graph: Graph, name: str, *, joined: bool = False) -> dict[str, Any]:
    """JSON schemas of input, output, state, config and context; null for one that has no JSON form."""
    named = graph.copy({"name": name})
    builder = getattr(graph, "builder", None)
    context = _schema(named.get_context_jsonschema) or _typed_dict(graph.context_schema, named.get_name("context"))
    return {
        "input_schema": _schema(named.get_input_jsonschema)
        or _typed_dict(getattr(builder, "input_schema", None), named.get_name("input")),
        "output_schema": _schema(named.get_output_jsonschema)
        or _typed_dict(getattr(builder, "output_schema", None), named.get_name("output")),
        "state_schema": _schema(lambda: _state_schema(named, f"{name}State" if joined else f"{name}_state")),
        "config_schema": context or {},
        "context_schema": context,
    }


def _state_schema(graph: Graph, title: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        key: (channel.UpdateType, None)
        for key in graph.stream_channels_list
        if isinstance(channel := graph.channels[key], BaseChannel)
    }
    model: type[BaseModel] = create_model(title, **fields)
    return model.model_json_schema()


def _typed_dict(kind: Any, title: str) -> dict[str, Any] | None:
    """pydantic knows no `typing.TypedDict` before Python 3.12."""
    if not is_typeddict(kind):
        return None
    required: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
    fields: dict[str, Any] = {
        key: (hint, ... if key in required else None) for key, hint in get_type_hints(kind).items()
    }
    return _schema(lambda: create_model(title, **fields).model_json_schema())


def _schema(make: Callable[[], Any]) -> dict[str, Any] | None:
    """A schema, or None: pydantic has none for arbitrary Python types, and raises one of several errors then."""
    try:
        schema = make()
    except Exception:
        return None
    return schema if isinstance(schema, dict) else None


def _subgraphs(graph: Graph, *, recurse: bool = False) -> Iterator[tuple[str, Graph]]:
    for name, subgraph in graph.get_subgraphs(recurse=recurse):
        if isinstance(subgraph, Pregel):
            yield name, subgraph


def readmodel_info(graph: Graph) -> dict[str, Any]:
    """What turns stored JSON into a state: channels, their defaults, node order, subgraphs.

    `keys` is the one channel of a functional graph, else the list of state channels; `own` tells a subgraph
    that keeps its own history; `order` is the order in which tasks of one step are listed; `derived` are the
    channels whose stored form is not their value; `output` are the channels of a run's answer.
    """
    keys, output = graph.stream_channels_asis, graph.output_channels
    return {
        "keys": keys if isinstance(keys, str) else list(keys),
        "output": output if isinstance(output, str) else list(output),
        "own": graph.checkpointer is True,
        "order": list(graph.nodes),
        "defaults": _defaults(graph.stream_channels_list, graph.channels),
        "derived": [key for key in graph.stream_channels_list if not isinstance(graph.channels[key], PLAIN)],
        "subs": {name: readmodel_info(subgraph) for name, subgraph in _subgraphs(graph)},
    }


def _defaults(keys: Any, channels: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each channel that nobody has written yet, of those that have one."""
    found = {}
    for key in keys:
        channel = channels[key]
        if not isinstance(channel, BaseChannel):
            continue
        try:
            found[key] = orjson.loads(loose_dumps(channel.from_checkpoint(MISSING).get()))
        except EmptyChannelError:
            continue
    return found
