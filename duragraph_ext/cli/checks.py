"""The checks of `doctor`: each returns what it found, or raises a Problem with a remedy."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nats
import psycopg
from duragraph_kernel.project import ProjectError, read_project
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager
from packaging.requirements import Requirement

from duragraph_ext.cli.status import collect
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.eventstore.statements import statement
from duragraph_ext.core.migrate import schema_status
from duragraph_ext.embedded import DataPlaneError, read_facts
from duragraph_ext.embedded.binaries import nats_binary, postgres_binary
from duragraph_ext.embedded.layout import refuse_network_filesystem
from duragraph_ext.settings import Duragraph
from duragraph_ext.workers import KERNEL_NAME

DISTRIBUTION = "duragraph-ext"
REINSTALL = "pip install --force-reinstall --no-deps duragraph-ext"
ENOUGH_DISK = 1 << 30
NOT_RUNNING = "not running, which is fine: it starts with a server"


class Problem(Exception):
    """A piece is missing or broken."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(what)


def _platform(_: Duragraph) -> str:
    found = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    if platform.system() != "Linux":
        raise Problem(f"{found} is not what this is tested on", "use Linux, or WSL 2 on Windows")
    return found


def _packages(_: Duragraph) -> str:
    wrong = []
    requirements = [Requirement(line) for line in importlib.metadata.requires(DISTRIBUTION) or ()]
    needed = [each for each in requirements if not each.marker or each.marker.evaluate({"extra": ""})]
    for requirement in needed:
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} {version} is not {requirement.specifier}")
    if wrong:
        raise Problem("; ".join(wrong), "pip install --upgrade duragraph-ext")
    return f"{len(needed)} packages as required"


def _postgres(settings: Duragraph) -> str:
    return "not needed" if settings.database_url else _version_of(postgres_binary("postgres"))


def _nats_server(settings: Duragraph) -> str:
    return "not needed" if settings.nats_url else _version_of(nats_binary())


def _version_of(binary: Path) -> str:
    try:
        result = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Problem(f"{binary} does not run: {error}", "reinstall its wheel, or use a URL instead") from error
    return result.stdout.strip()


def _kernelspec(_: Duragraph) -> str:
    try:
        spec = KernelSpecManager().get_kernel_spec(KERNEL_NAME)
    except NoSuchKernel as error:
        raise Problem(f"the kernelspec {KERNEL_NAME} is not installed", REINSTALL) from error
    return str(spec.resource_dir)


def _extension(_: Duragraph) -> str:
    manager: Any = ExtensionConfigManager(read_config_path=jupyter_config_path())
    if not manager.get_jpserver_extensions().get("duragraph_ext"):
        raise Problem("Jupyter does not load the extension", "jupyter server extension enable duragraph_ext")
    return "enabled in Jupyter"


def _data_dir(settings: Duragraph) -> str:
    if settings.database_url and settings.nats_url:
        return "not needed"
    path = Path(settings.data_dir)
    existing = next(parent for parent in (path, *path.parents) if parent.exists())
    if not os.access(existing, os.W_OK):
        raise Problem(f"{existing} cannot be written", "choose another folder with --data-dir")
    refuse_network_filesystem(existing)
    free = shutil.disk_usage(existing).free
    if free < ENOUGH_DISK:
        raise Problem(f"{existing} has {free >> 20} MB left", "free some space, or choose another --data-dir")
    return f"{path}, {free >> 30} GB free"


def _database(settings: Duragraph) -> str:
    facts = read_facts(Path(settings.data_dir))
    dsn = settings.database_url or (facts.dsn if facts else "")
    if not dsn:
        return NOT_RUNNING
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            version = connection.info.parameter_status("server_version")
        current, newest = schema_status(dsn)
    except psycopg.OperationalError as error:
        raise Problem(str(error).strip(), "check --database-url, and that the server runs") from error
    if current != newest:
        raise Problem(f"the schema is {current or 'empty'}, not {newest}", "jupyter duragraph migrate")
    return f"PostgreSQL {version}, schema {current}"


def _store_index(settings: Duragraph) -> str:
    """Whether the database can compare vectors, if the project's store wants that."""
    if not settings.langgraph_config:
        return "none given"
    try:
        index = read_project(settings.langgraph_config).store.index
    except ProjectError:
        return "see langgraph.json"
    if index is None:
        return "none: searches are by name and filter"
    facts = read_facts(Path(settings.data_dir))
    dsn = settings.database_url or (facts.dsn if facts else "")
    if not dsn:
        return NOT_RUNNING
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            made, available = connection.execute(statement("items", "vectors")).fetchone() or (False, False)
    except psycopg.OperationalError as error:
        raise Problem(str(error).strip(), "see the database above") from error
    if not (made or available):
        raise Problem("the database has no pgvector", "install pgvector there, or remove store.index")
    return f"{index.embed}, {index.dims} dimensions" + ("" if made else "; pgvector is made at the start")


def _messages(settings: Duragraph) -> str:
    facts = read_facts(Path(settings.data_dir))
    url = settings.nats_url or (facts.nats_url if facts else "")
    token_file = settings.nats_token_file or (facts.nats_token_file if facts and not settings.nats_url else None)
    if not url:
        return NOT_RUNNING
    try:
        return asyncio.run(_ask_nats(url, Path(token_file).read_text().strip() if token_file else None))
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise Problem(f"NATS does not answer: {reason}", "check --nats-url and --nats-token-file") from error


async def _ask_nats(url: str, token: str | None) -> str:
    async def ignore(_: Exception) -> None:
        """The exception is raised as well."""

    connecting = nats.connect(url, token=token, connect_timeout=3, allow_reconnect=False, error_cb=ignore)
    connection = await asyncio.wait_for(connecting, 5)
    try:
        await connection.jetstream(timeout=3).account_info()
        return f"nats-server {connection.connected_server_version} with JetStream"
    finally:
        await connection.close()


def _project(settings: Duragraph) -> str:
    if not settings.langgraph_config:
        return "none given"
    try:
        project = read_project(settings.langgraph_config)
    except ProjectError as error:
        raise Problem(str(error), "correct the file") from error
    missing = [each for each in project.packages if not _is_installed(each)]
    if missing:
        pip = " ".join(f"'{each}'" for each in missing)
        raise Problem(f"{', '.join(missing)} not installed", f"pip install {pip}")
    return f"graphs {', '.join(project.graphs)}"


def _is_installed(line: str) -> bool:
    requirement = Requirement(line)
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def _graphs(settings: Duragraph) -> str:
    """Graphs that a running worker could not import."""
    try:
        found = asyncio.run(collect(settings))
    except (DuragraphError, psycopg.Error) as error:
        raise Problem(str(error), "see the database above") from error
    broken = found.get("broken_graphs", {})
    if broken:
        what = "; ".join(
            f"{graph}: {each['file']}:{each['line']}: {each['exception']}: {each['message']}"
            for graph, each in broken.items()
        )
        raise Problem(what, "correct the file and restart the worker")
    return f"served by {len(found['workers'])} workers" if found["workers"] else NOT_RUNNING


def _checked(check: Callable[[Duragraph], str]) -> Callable[[Duragraph], str]:
    def run(settings: Duragraph) -> str:
        try:
            return check(settings)
        except DataPlaneError as error:
            what, _, remedy = str(error).rpartition(": ")
            raise Problem(what, remedy) from error

    return run


CHECKS = {
    name: _checked(check)
    for name, check in {
        "platform": _platform,
        "packages": _packages,
        "postgres": _postgres,
        "nats-server": _nats_server,
        "worker kernel": _kernelspec,
        "server extension": _extension,
        "data directory": _data_dir,
        "database": _database,
        "store index": _store_index,
        "messages": _messages,
        "langgraph.json": _project,
        "graphs": _graphs,
    }.items()
}
