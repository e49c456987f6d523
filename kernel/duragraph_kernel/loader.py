"""Imports a project's graphs; one that fails is named with its file, line and exception, and the others serve."""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from .describe import readmodel_info
from .importing import BrokenGraph, explain, import_spec
from .project import Project

__all__ = ["BrokenGraph", "ServedGraph", "compiled", "explain", "load_graphs", "source_hash"]


@dataclass(frozen=True)
class ServedGraph:
    """A graph as found: compiled, or a factory that is called for every run."""

    graph_id: str
    source: str
    source_hash: str
    target: Pregel[Any, Any, Any, Any] | Callable[..., Any]

    @cached_property
    def info(self) -> dict[str, Any] | None:
        """The read-model info of a graph that is the same for every run; None for a factory."""
        return readmodel_info(self.target) if isinstance(self.target, Pregel) else None

    @asynccontextmanager
    async def open(self, config: RunnableConfig) -> AsyncIterator[Pregel[Any, Any, Any, Any]]:
        """The graph for one run. Raises what the factory raises, or TypeError for what is no graph."""
        if isinstance(self.target, Pregel):
            yield self.target
            return
        made = self.target(*([config] if _wants_config(self.target) else []))
        if inspect.isawaitable(made):
            made = await made
        if hasattr(made, "__aenter__"):
            async with made as graph:
                yield compiled(graph, self.graph_id)
        elif hasattr(made, "__enter__"):
            with made as graph:
                yield compiled(graph, self.graph_id)
        else:
            yield compiled(made, self.graph_id)


def compiled(value: Any, graph_id: str) -> Pregel[Any, Any, Any, Any]:
    """A compiled graph that carries a name. Raises TypeError for anything that is no graph."""
    if isinstance(value, StateGraph):
        value = value.compile()
    if not isinstance(value, Pregel):
        raise TypeError(f"a graph is expected, not {type(value).__name__}")
    if value.name in (None, "LangGraph"):
        return value.copy({"name": graph_id})
    return value


def load_graphs(project: Project) -> tuple[list[ServedGraph], list[BrokenGraph]]:
    """Import every graph of the project."""
    served: list[ServedGraph] = []
    broken: list[BrokenGraph] = []
    for graph_id, spec in project.graphs.items():
        try:
            served.append(_load(project, graph_id, spec))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            broken.append(explain(project, graph_id, spec, error))
    return served, broken


def load_attribute(project: Project, spec: str) -> Any:
    """What `path.py:attribute` or `module:attribute` names. Raises what the import raises."""
    return import_spec(project, spec)[1]


def _load(project: Project, graph_id: str, spec: str) -> ServedGraph:
    attribute = spec.rpartition(":")[2]
    module, target = import_spec(project, spec)
    source = Path(module.__file__ or spec)
    if isinstance(target, StateGraph | Pregel):
        target = compiled(target, graph_id)
    elif not callable(target):
        raise TypeError(f'"{attribute}" is neither a graph nor a function that makes one')
    return ServedGraph(graph_id, f"{source}:{attribute}", source_hash(source), target)


def source_hash(source: Path) -> str:
    """Names one version of a source file."""
    return blake2b(source.read_bytes(), digest_size=16).hexdigest() if source.is_file() else ""


def _wants_config(factory: Callable[..., Any]) -> bool:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(parameter.kind in kinds for parameter in inspect.signature(factory).parameters.values())
