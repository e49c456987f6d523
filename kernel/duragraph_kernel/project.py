"""`langgraph.json`: which graphs a worker serves, from where, with which environment."""

import os
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from dotenv import dotenv_values

from duragraph_ext.core.domain.items import DEFAULTS, StoreSettings
from duragraph_ext.langgraph_json import InvalidFile, LanggraphJson, ThreadTtl, read

from .store_settings import read_store


class ProjectError(Exception):
    """The project file cannot be used; the message is one line for people."""


@dataclass(frozen=True)
class Project:
    """A project file, read and checked: specs are `path.py:attribute` or `module:attribute`.

    `sections` has the rest of the file; `ignored` are keys in it that mean nothing here.
    """

    root: Path
    graphs: Mapping[str, str]
    packages: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    sections: LanggraphJson = field(default_factory=lambda: LanggraphJson(graphs={}))
    ignored: tuple[str, ...] = ()
    store: StoreSettings = DEFAULTS

    @property
    def webhooks(self) -> Any:
        """As it stands in the file; the server reads it."""
        return self.sections.webhooks

    @property
    def ttl(self) -> ThreadTtl:
        """How long threads live that say nothing themselves."""
        checkpointer = self.sections.checkpointer
        return checkpointer.ttl if checkpointer and checkpointer.ttl else ThreadTtl()

    def enter(self) -> None:
        """Put the project's folders on the import path and its environment into this process."""
        for folder in reversed(self.folders):
            if str(folder) not in sys.path:
                sys.path.insert(0, str(folder))
        for name, value in self.env.items():
            os.environ.setdefault(name, value)

    @cached_property
    def _others(self) -> tuple[str, ...]:
        """Where libraries lie; not those that the project is itself installed in."""
        folders = (self.root, *self.folders)
        libraries = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        around = {each for each in libraries for folder in folders if folder.is_relative_to(each)}
        return tuple(f"{each}{os.sep}" for each in libraries - around)

    def owns(self, path: str | Path) -> bool:
        """Whether a file lies in the project, and is not of a library whose environment does so too."""
        if str(path).startswith(self._others):
            return False
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
    _check_shapes(path, data)
    try:
        sections, ignored = read(data)
    except InvalidFile as error:
        raise ProjectError(f"{path}: {error}") from None
    folders, packages = _dependencies(path, sections.dependencies)
    project = Project(
        path.parent,
        {graph_id: graph.path for graph_id, graph in sections.graphs.items()},
        packages,
        folders,
        _env(path, sections.env),
        sections,
        tuple(ignored),
        _store(path, sections.store),
    )
    _check_specs(path, project)
    return project


def _check_shapes(path: Path, data: dict[str, Any]) -> None:
    """Raise ProjectError for what is most often wrong, in words that say what is expected."""
    graphs = data.get("graphs")
    if ("graphs" in data or not data) and not (isinstance(graphs, dict) and graphs):
        raise ProjectError(f'{path}: "graphs" must map a graph id to "path.py:attribute" or "module:attribute"')
    if not isinstance(data.get("env"), dict | str | None):
        raise ProjectError(f'{path}: "env" must be a file name or an object')


def _check_specs(path: Path, project: Project) -> None:
    """Raise ProjectError for a place in the code that cannot be one."""
    auth, http = project.sections.auth, project.sections.http
    named = [(f'graph "{graph_id}"', spec) for graph_id, spec in project.graphs.items()]
    named += [("auth.path", auth.path)] if auth else []
    named += [("http.app", http.app)] if http and http.app else []
    for name, spec in named:
        if not all(spec.rpartition(":")[::2]):
            raise ProjectError(f'{path}: {name}: "path.py:attribute" or "module:attribute" expected')
        if Path(spec.rpartition(":")[0]).suffix in (".ts", ".tsx", ".js", ".mjs", ".cjs"):
            raise ProjectError(f"{path}: {name}: only Python is served, not JavaScript")


def _dependencies(path: Path, entries: Sequence[str]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Local folders, and names of packages that the user has to have installed."""
    folders, packages = [], []
    for entry in entries:
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


def _env(path: Path, value: str | Mapping[str, Any] | None) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, str):
        return {str(name): str(item) for name, item in value.items()}
    file = path.parent / value
    if not file.is_file():
        raise ProjectError(f'{path}: env file "{value}": no such file')
    return {name: item for name, item in dotenv_values(file).items() if item is not None}
