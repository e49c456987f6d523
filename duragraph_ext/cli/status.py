"""`jupyter duragraph status`: what runs, read from the data directory and the database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from traitlets import Bool

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.core import Core, CoreConfig, jsonx
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.queries.graphs import list_graphs
from duragraph_ext.core.queries.workers import list_workers, queue_stats
from duragraph_ext.embedded import Facts, read_facts
from duragraph_ext.presence import servers
from duragraph_ext.settings import Duragraph

WORKER_FIELDS = ("name", "pid", "keeper_pid", "graphs", "runs")


class Status(Command):
    """Show what runs."""

    name = "duragraph-status"
    description = "Show what runs: server, supervisor, Postgres, NATS, workers, queue. Starts nothing."
    examples = "jupyter duragraph status --json --data-dir=/var/lib/duragraph"
    json = Bool(False, help="Print one JSON object.").tag(config=True)
    aliases = options_for("data_dir", "database_url", "nats_url")
    flags = {"json": ({"Status": {"json": True}}, "Print one JSON object instead of text.")}

    def start(self) -> None:
        """Print it."""
        super().start()
        try:
            found = asyncio.run(collect(self.duragraph))
        except (DuragraphError, psycopg.Error) as error:
            self.fail(str(error))
        if self.json:
            self.say(jsonx.dumps(found).decode())
        else:
            for line in describe(found):
                self.say(line)


async def collect(settings: Duragraph) -> dict[str, Any]:
    """The state of everything; None stands for what does not run. Holds no password."""
    data_dir = Path(settings.data_dir)
    facts = read_facts(data_dir)
    if facts and not _is_served(facts):
        facts = None
    server = next(servers(data_dir), None)
    dsn = settings.database_url or (facts.dsn if facts else None)
    nats_url = settings.nats_url or (facts.nats_url if facts else None)
    found: dict[str, Any] = {
        "api_url": server.api_url if server else None,
        "dashboard_url": server.dashboard_url if server else None,
        "server": {"pid": server.pid if server else None},
        "supervisor": {"pid": facts.supervisor_pid if facts else None},
        "postgres": {"pid": facts.postgres_pid if facts else None, "dsn": _without_secret(dsn)},
        "nats": {"pid": facts.nats_pid if facts else None, "url": _without_user(nats_url)},
        "workers": [],
        "queue": None,
    }
    if dsn and nats_url:
        token_file = settings.nats_token_file or (str(facts.nats_token_file) if facts else None)
        await _ask_database(CoreConfig(dsn, nats_url, token_file, name="status", pool_size=1), found)
    return found


async def _ask_database(config: CoreConfig, found: dict[str, Any]) -> None:
    core = await Core.open(config)
    try:
        workers = await list_workers(core, LOCAL)
        found["workers"] = [{name: worker[name] for name in WORKER_FIELDS} for worker in workers]
        found["queue"] = await queue_stats(core)
        graphs = await list_graphs(core, LOCAL)
        broken = {each["graph_id"]: jsonx.parse(each["broken"]) for each in graphs if each["broken"]}
        if broken:
            found["broken_graphs"] = broken
    finally:
        await core.close()


def describe(found: dict[str, Any]) -> list[str]:
    """The same as text."""
    lines = [
        f"API         {found['api_url'] or 'no server runs; start one with jupyter duragraph serve'}",
        f"dashboard   {found['dashboard_url'] or '-'}",
        f"server      {_process(found['server'])}",
        f"supervisor  {_process(found['supervisor'])}",
        f"postgres    {_process(found['postgres'])}  {found['postgres']['dsn'] or ''}".rstrip(),
        f"nats        {_process(found['nats'])}  {found['nats']['url'] or ''}".rstrip(),
    ]
    for worker in found["workers"]:
        lines.append(
            f"worker      pid {worker['pid']}  {worker['name']}, keeper {worker['keeper_pid']}, "
            f"graphs {', '.join(worker['graphs']) or 'none'}, {len(worker['runs'])} runs"
        )
    for name, value in (found["queue"] or {}).items():
        lines.append(f"queue       {name.replace('_', ' ')} {value}")
    for graph, error in found.get("broken_graphs", {}).items():
        lines.append(f"broken      {graph}: {error['file']}:{error['line']}: {error['exception']}: {error['message']}")
    return lines


def _process(part: dict[str, Any]) -> str:
    return f"pid {part['pid']}" if part["pid"] else "-"


def _is_served(facts: Facts) -> bool:
    """Whether the supervisor of services.json still lives; after `kill -9` the file outlives it."""
    try:
        return b"duragraph_ext.embedded" in Path(f"/proc/{facts.supervisor_pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


def _without_secret(dsn: str | None) -> str | None:
    if not dsn:
        return None
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if name != "password"}
    return make_conninfo("", **parts)


def _without_user(url: str | None) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
