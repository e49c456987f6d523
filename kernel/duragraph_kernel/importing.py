"""Imports what a project file names, so that each of the project's modules exists once."""

import importlib
import importlib.util
import sys
import traceback
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

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


def import_spec(project: Project, spec: str) -> tuple[ModuleType, Any]:
    """The module and the object that `path.py:attribute` or `module:attribute` names. Raises what the import raises."""
    name, _, attribute = spec.rpartition(":")
    path = source_path(project, spec)
    module = import_file(project, path) if path else importlib.import_module(name)
    try:
        return module, getattr(module, attribute)
    except AttributeError:
        raise AttributeError(f'"{name}" has no attribute "{attribute}"') from None


def explain(project: Project, graph_id: str, spec: str, error: BaseException) -> BrokenGraph:
    """Point at the project's own line that failed."""
    file, line = str(source_path(project, spec) or spec), None
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if project.owns(frame.filename):
                file, line = frame.filename, frame.lineno
    return BrokenGraph(graph_id, file, line, type(error).__name__, str(error))


def source_path(project: Project, spec: str) -> Path | None:
    """The file a spec names, or None when it names a module."""
    name = spec.rpartition(":")[0]
    if not name.endswith(".py") and "/" not in name:
        return None
    return (project.root / name).resolve()


def import_file(project: Project, path: Path) -> ModuleType:
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
