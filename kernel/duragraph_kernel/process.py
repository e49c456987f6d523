"""A worker as a process of its own, configured by the environment."""

import asyncio
import gc
import logging
import os
import signal
import sys
from dataclasses import replace
from typing import NoReturn

from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.settings import Duragraph, SettingsError

from . import loops
from .catalogue import Catalogue
from .project import Project, ProjectError, read_project
from .worker import Worker, WorkerSettings

log = logging.getLogger(__name__)
USAGE = 2
"""Exit status for settings that cannot be used."""


def settings_from(duragraph: Duragraph, kernel_id: str | None = None) -> WorkerSettings:
    """A worker's settings. Raises SettingsError when the data plane is not named."""
    if not duragraph.database_url or not duragraph.nats_url:
        raise SettingsError("a worker needs DURAGRAPH_DATABASE_URL and DURAGRAPH_NATS_URL")
    return WorkerSettings(
        dsn=duragraph.database_url,
        nats_url=duragraph.nats_url,
        nats_token_file=duragraph.nats_token_file or None,
        name=duragraph.worker_name,
        slots=duragraph.slots,
        lease_seconds=duragraph.lease_seconds,
        run_timeout=duragraph.run_timeout,
        kernel_id=kernel_id,
    )


def prepare(kernel_id: str | None = None) -> tuple[WorkerSettings, Project]:
    """Read the environment and the project file. Raises SettingsError or ProjectError."""
    duragraph = Duragraph()
    settings = settings_from(duragraph, kernel_id)
    if not duragraph.langgraph_config:
        raise SettingsError("a worker needs DURAGRAPH_CONFIG, the path of a langgraph.json")
    project = read_project(duragraph.langgraph_config)
    return replace(settings, store=project.store), project


def make_worker(settings: WorkerSettings, project: Project) -> Worker:
    """Import the project's graphs and make a worker for them; on the loop it will live on."""
    worker = Worker(settings, Catalogue.of_project(project), project)
    # what is loaded now stays: spare the collector a walk over it with every collection
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    return worker


def configure_logging(level: int = logging.INFO) -> None:
    """Say to stderr what happens from `level` on, with times."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("duragraph_kernel", "duragraph_ext"):
        logging.getLogger(name).setLevel(level)


def run_worker(settings: WorkerSettings, project: Project) -> None:
    """Work until SIGINT or SIGTERM, which hand the runs back. Raises Unavailable without a database."""

    async def work() -> None:
        worker = make_worker(settings, project)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, worker.stop)
        await worker.run()

    loops.run(work())


def leave(status: int) -> NoReturn:
    """End the process now: threads of nodes that will not end must not keep it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def main() -> NoReturn:
    """`python -m duragraph_kernel`."""
    configure_logging()
    try:
        run_worker(*prepare())
    except (SettingsError, ProjectError, Unavailable) as error:
        print(f"duragraph worker: {error}", file=sys.stderr)  # noqa: T201
        leave(1 if isinstance(error, Unavailable) else USAGE)
    leave(0)
