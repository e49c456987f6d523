"""`langgraph.json`: which graphs a worker serves, from where, with which environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from dotenv import dotenv_values

from duragraph_ext.core.domain.items import DEFAULTS, StoreSettings

from .store_settings import read_store


class ProjectError(Exception):
    """The project file cannot be used; the message is one line for people."""


@dataclass(frozen=True)
class ThreadTtl:
    """`checkpointer.ttl`: how long threads live that say nothing themselves, and how often it is looked, in minutes."""

    strategy: Literal["delete", "keep_latest"] = "delete"
    default_ttl: float | None = None
    sweep_interval_minutes: float | None = None


@dataclass(frozen=True)
class Project:
    """A project file, read and checked: specs are `path.py:attribute` or `module:attribute`."""

    root: Path
    graphs: Mapping[str, str]
    packages: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    webhooks: Any = None
    """As it stands in the file; the server reads it."""
    ttl: ThreadTtl = ThreadTtl()
    store: StoreSettings = DEFAULTS

    def enter(self) -> None:
        """Put the project's folders on the import path and its environment into this process."""
        for folder in reversed(self.folders):
            if str(folder) not in sys.path:
                sys.path.insert(0, str(folder))
        for name, value in self.env.items():
            os.environ.setdefault(name, value)

    def owns(self, path: str | Path) -> bool:
        """Whether a file lies in the project."""
        resolved = Path(path).resolve()
        return any(resolved.is_relative_to(folder) for folder in (self.root, *self.folders))


def read_project(config: str | Path) -> Project:
    """Read `langgraph.json`. Raises ProjectError."""
    path = Path(config).resolve()
    if path.is_dir():
        path = path / "langgraph.json"
    try:
        data = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise ProjectError(f"{path}: no such file") from None
    except OSError as error:
        raise ProjectError(f"{path}: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise ProjectError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    if not isinstance(data, dict):
        raise ProjectError(f"{path}: an object is expected")
    root = path.parent
    folders, packages = _dependencies(path, data.get("dependencies", ["."]))
    graphs, env = _graphs(path, data.get("graphs")), _env(path, data.get("env"))
    ttl = _ttl(path, data.get("checkpointer"))
    return Project(root, graphs, packages, folders, env, data.get("webhooks"), ttl, _store(path, data.get("store")))


def _graphs(path: Path, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise ProjectError(f'{path}: "graphs" must map a graph id to "path.py:attribute" or "module:attribute"')
    graphs = {}
    for graph_id, spec in value.items():
        target = spec.get("path") if isinstance(spec, dict) else spec
        if not isinstance(target, str) or not all(target.rpartition(":")[::2]):
            raise ProjectError(f'{path}: graph "{graph_id}": "path.py:attribute" or "module:attribute" expected')
        graphs[graph_id] = target
    return graphs


def _dependencies(path: Path, value: Any) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Local folders, and names of packages that the user has to have installed."""
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ProjectError(f'{path}: "dependencies" must be a list of text')
    folders, packages = [], []
    for entry in value:
        if not entry.startswith("."):
            packages.append(entry)
            continue
        folder = (path.parent / entry).resolve()
        if not folder.is_dir():
            raise ProjectError(f'{path}: dependency "{entry}": no such folder')
        folders.append(folder)
        if (folder / "src").is_dir():
            folders.append(folder / "src")
    return tuple(folders), tuple(packages)


def _store(path: Path, value: Any) -> StoreSettings:
    try:
        return read_store(value)
    except ValueError as error:
        raise ProjectError(f"{path}: {error}") from None


def _env(path: Path, value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return {str(name): str(item) for name, item in value.items()}
    if not isinstance(value, str):
        raise ProjectError(f'{path}: "env" must be a file name or an object')
    file = path.parent / value
    if not file.is_file():
        raise ProjectError(f'{path}: env file "{value}": no such file')
    return {name: item for name, item in dotenv_values(file).items() if item is not None}


def _ttl(path: Path, checkpointer: Any) -> ThreadTtl:
    ttl = checkpointer.get("ttl") if isinstance(checkpointer, dict) else checkpointer
    if ttl is None:
        return ThreadTtl()
    if not isinstance(ttl, dict) or ttl.get("strategy", "delete") not in ("delete", "keep_latest"):
        raise ProjectError(f'{path}: "checkpointer.ttl" must have a strategy, "delete" or "keep_latest"')
    for name in ("default_ttl", "sweep_interval_minutes"):
        value = ttl.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value <= 0):
            raise ProjectError(f'{path}: "checkpointer.ttl.{name}" must be a positive number of minutes')
    known = {name: ttl[name] for name in ("strategy", "default_ttl", "sweep_interval_minutes") if name in ttl}
    return ThreadTtl(**known)
