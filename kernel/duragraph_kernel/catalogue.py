"""The graphs a worker serves: loaded, described and registered."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.pregel import Pregel

from duragraph_ext.core import Core
from duragraph_ext.core.commands.workers import GraphDefinition, define_broken_graph, define_graph
from duragraph_ext.core.domain.principal import Principal

from .describe import describe
from .jsontext import loose_dumps
from .loader import BrokenGraph, ServedGraph, explain, load_graphs
from .project import Project
from .serde import Allowed, Serde, notebook_types, project_types, schema_types

log = logging.getLogger(__name__)


@dataclass
class Catalogue:
    """Graphs by id, and what a checkpoint of theirs may revive."""

    graphs: dict[str, ServedGraph]
    broken: Sequence[BrokenGraph] = ()
    allowed: Callable[[], Allowed] = field(default=tuple)

    @classmethod
    def of_project(cls, project: Project) -> "Catalogue":
        """Import a project's graphs. Those that fail are in `broken`."""
        project.enter()
        served, broken = load_graphs(project)
        for failure in broken:
            log.error("graph %s: %s:%s: %s: %s", failure.graph_id, failure.file, failure.line,
                      failure.exception, failure.message)  # fmt: skip
        allowed = project_types(project.owns)
        return cls({graph.graph_id: graph for graph in served}, broken, lambda: allowed)

    @classmethod
    def of_notebook(cls, graph: ServedGraph) -> "Catalogue":
        """A graph of cells; what they define may change."""
        named = schema_types(graph.target) if isinstance(graph.target, Pregel) else ()
        return cls({graph.graph_id: graph}, (), lambda: (*named, *notebook_types()))

    def serde(self) -> Serde:
        """A serialiser for one run."""
        return Serde(self.allowed())

    async def register(self, core: Core, principal: Principal, project: Project | None) -> None:
        """Publish the graphs' definitions; one that cannot be described is broken too."""
        for graph in list(self.graphs.values()):
            try:
                async with graph.open(RunnableConfig(configurable={})) as opened:
                    definition = _plain(await asyncio.to_thread(describe, opened, graph.graph_id))
                    definition["made_by_factory"] = graph.info is None
            except Exception as error:
                log.exception("graph %s cannot be described", graph.graph_id)
                del self.graphs[graph.graph_id]
                self.broken = [*self.broken, _broken(project, graph, error)]
                continue
            section = project.sections.graphs.get(graph.graph_id) if project is not None else None
            description = section.description if section is not None else None
            known = GraphDefinition(graph.graph_id, graph.source_hash, definition, description)
            await define_graph(core, principal, known)
        for failure in self.broken:
            await define_broken_graph(core, principal, failure.graph_id, failure.file, failure.error)


def _broken(project: Project | None, graph: ServedGraph, error: Exception) -> BrokenGraph:
    if project is not None:
        return explain(project, graph.graph_id, graph.source, error)
    return BrokenGraph(graph.graph_id, graph.source, None, type(error).__name__, str(error))


def _plain(definition: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(loose_dumps(definition))
    return plain
