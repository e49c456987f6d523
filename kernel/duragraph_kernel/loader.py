"""Imports a project's graphs; one that fails is named with its file, line and exception, and the others serve."""

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from .describe import readmodel_info
from .project import Project


@dataclass(frozen=True)
class BrokenGraph:
    """Why a graph cannot be served; `line` is None when there is no place to point at."""

    graph_id: str
    file: str
    line: int | None
    exception: str
    message: str

    @property
    def error(self) -> dict[str, Any]:
        """The JSON shape that `doctor`, `status` and the API show."""
        return {"file": self.file, "line": self.line, "exception": self.exception, "message": self.message}


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


def explain(project: Project, graph_id: str, spec: str, error: BaseException) -> BrokenGraph:
    """Point at the project's own line that failed."""
    file, line = str(_source_path(project, spec) or spec), None
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if project.owns(frame.filename):
                file, line = frame.filename, frame.lineno
    return BrokenGraph(graph_id, file, line, type(error).__name__, str(error))


def load_attribute(project: Project, spec: str) -> Any:
    """What `path.py:attribute` or `module:attribute` names. Raises what the import raises."""
    return _attribute(project, spec)[1]


def _attribute(project: Project, spec: str) -> tuple[ModuleType, Any]:
    module_name, _, attribute = spec.rpartition(":")
    path = _source_path(project, spec)
    module = _import_file(project, path) if path else importlib.import_module(module_name)
    try:
        return module, getattr(module, attribute)
    except AttributeError:
        raise AttributeError(f'"{module_name}" has no attribute "{attribute}"') from None


def _load(project: Project, graph_id: str, spec: str) -> ServedGraph:
    module_name, _, attribute = spec.rpartition(":")
    module, target = _attribute(project, spec)
    source = Path(module.__file__ or module_name)
    if isinstance(target, StateGraph | Pregel):
        target = compiled(target, graph_id)
    elif not callable(target):
        raise TypeError(f'"{attribute}" is neither a graph nor a function that makes one')
    return ServedGraph(graph_id, f"{source}:{attribute}", source_hash(source), target)


def source_hash(source: Path) -> str:
    """Names one version of a source file."""
    return blake2b(source.read_bytes(), digest_size=16).hexdigest() if source.is_file() else ""


def _source_path(project: Project, spec: str) -> Path | None:
    """The file a spec names, or None when it names a module."""
    name = spec.rpartition(":")[0]
    if not name.endswith(".py") and "/" not in name:
        return None
    return (project.root / name).resolve()


def _import_file(project: Project, path: Path) -> ModuleType:
    """Import under the name that the project itself would use, so that the module exists once."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if not project.owns(path):
        raise PermissionError(f"{path} lies outside of the project {project.root}")
    for folder in sys.path:
        if not folder or not path.is_relative_to(folder):
            continue
        parts = path.relative_to(folder).with_suffix("").parts
        if not all(part.isidentifier() for part in parts):
            continue
        name = ".".join(parts)
        found = importlib.util.find_spec(name)
        if found is not None and found.origin and Path(found.origin).resolve() == path:
            return importlib.import_module(name)
    return _import_alone(path)


def _import_alone(path: Path) -> ModuleType:
    """Import a file whose plain name is taken or not importable."""
    name = f"_duragraph_{blake2b(str(path).encode(), digest_size=6).hexdigest()}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    found = importlib.util.spec_from_file_location(name, path)
    if found is None or found.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _wants_config(factory: Callable[..., Any]) -> bool:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(parameter.kind in kinds for parameter in inspect.signature(factory).parameters.values())
