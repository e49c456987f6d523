"""Question `describe`: what a graph looks like under a configuration that may change it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from langchain_core.runnables import RunnableConfig

from .answering import Question
from .describe import describe
from .jsontext import loose_dumps


async def describe_graph(question: Question) -> Mapping[str, Any]:
    """The definition of the graph that `config` makes; the graph's factory may raise what it likes."""
    served = question.served
    given: Mapping[str, Any] = question.body["config"]
    config = RunnableConfig(configurable=given.get("configurable", {}))
    async with served.open(config) as graph:
        definition: dict[str, Any] = orjson.loads(
            loose_dumps(await asyncio.to_thread(describe, graph, served.graph_id))
        )
    return definition
