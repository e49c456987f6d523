"""The Jupyter server extension: what starts, in which order, and how it stops."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from duragraph_kernel.project import Project, ProjectError, read_project
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from traitlets.config import Configurable

from duragraph_ext.api.context import SETTING, ApiContext
from duragraph_ext.api.cron_permit import CronPermit
from duragraph_ext.api.project import ProjectSide
from duragraph_ext.api.routes import mount
from duragraph_ext.api.run_shapes import as_run
from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.expiry import Ttl
from duragraph_ext.core.commands.index import open_index
from duragraph_ext.core.commands.workers import note_end
from duragraph_ext.core.domain.errors import DuragraphError, Unavailable
from duragraph_ext.core.domain.items import DEFAULTS
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.domain.retention import RetentionPolicy
from duragraph_ext.core.duties import Duties
from duragraph_ext.core.duties.expiry import EVERY, Expiry
from duragraph_ext.core.migrate import migrate
from duragraph_ext.core.queries.embedding import server_embedder
from duragraph_ext.core.queries.graphs import list_graphs
from duragraph_ext.core.queries.waiters import Outcomes
from duragraph_ext.core.queries.workers import list_workers
from duragraph_ext.embedded import DataPlaneError, Services, attach
from duragraph_ext.forking import Forks
from duragraph_ext.limits import Limits
from duragraph_ext.presence import Presence
from duragraph_ext.projecthost import ProjectHost
from duragraph_ext.sealing import without_password
from duragraph_ext.settings import Duragraph, SettingsError
from duragraph_ext.webhook_settings import webhook_policy
from duragraph_ext.workers import WorkerKernels, hide_from_launcher

API_PATH = "duragraph/api/v1"
DASHBOARD_PATH = "duragraph-dashboard/"
EXPECTED = (DataPlaneError, DuragraphError, ProjectError, SettingsError)
"""Errors whose text tells the user what to do."""
CLOSE_SECONDS = {"streams": 0.5, "workers": 3.0, "project": 1.0, "duties": 0.5, "outcomes": 0.25, "core": 1.0}
"""What each part may take to close."""
ALL_CLOSED_SECONDS = 3.0
"""What they may take together: with the data plane, which ends last, everything has ended within 5 s."""
LAST_SECONDS = 0.1
"""What a part gets in any case."""
PATIENCE = 30.0
"""Seconds that a start waits for a database that does not answer: it may be starting too, or recover."""
_LOOK_SECONDS = 0.05
_AGAIN_SECONDS = 0.5
T = TypeVar("T")


class DuragraphApp(ExtensionApp):
    """A durable LangGraph Platform-compatible server inside Jupyter."""

    name = "duragraph"
    load_other_extensions = True
    classes: list[type[Configurable]] = [Duragraph]

    on_ready: Callable[[Presence], None] | None = None
    """Called once requests are accepted and every graph is served."""
    on_failure: Callable[[str], None] | None = None
    """Called with one line when the server cannot start."""

    attaching: concurrent.futures.Future[Services] | None = None
    """A data plane that whoever starts us began to attach to already."""

    duragraph: Duragraph | None = None
    _life: asyncio.Task[None] | None = None
    _closed_by: float | None = None
    _services: Services | None = None
    """The embedded data plane, if NATS is of it."""

    @property
    def server(self) -> ServerApp:
        """The Jupyter server that we are part of."""
        assert self.serverapp
        return self.serverapp

    def initialize_settings(self) -> None:
        """Read our settings; with a wrong one Jupyter goes on without us."""
        try:
            self.duragraph = Duragraph(config=self.config)
        except SettingsError as error:
            self.log.critical("DuraGraph does not start: %s", error)
            return
        self._log_as_jupyter_does()
        self.settings[SETTING] = ApiContext(
            keepalive=self.duragraph.keepalive_seconds,
            body_limit=self.duragraph.max_body_bytes,
            durability=self.duragraph.durability,
            limits=Limits(queued_runs=self.duragraph.max_queued_runs, streams=self.duragraph.max_streams),
        )

    def _log_as_jupyter_does(self) -> None:
        """Say what our modules log where Jupyter says it, with its times and from its level on."""
        ours = logging.getLogger(__package__)
        ours.handlers = [*self.server.log.handlers]
        ours.setLevel(cast(int | str, self.server.log_level))

    def initialize_handlers(self) -> None:
        """Mount the API."""
        if self.duragraph:
            mount(self.server.web_app, self.server.base_url)
            hide_from_launcher(self.server.kernel_spec_manager)

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Start everything in the background, once the server's loop runs."""
        if self.duragraph:
            self._life = asyncio.create_task(self._live(self.duragraph), name="duragraph")

    async def stop_extension(self) -> None:
        """Stop what was started; safe if nothing was."""
        if self._life:
            self._life.cancel()
            await asyncio.wait([self._life])

    async def _live(self, settings: Duragraph) -> None:
        async with contextlib.AsyncExitStack() as stack:
            try:
                await self._start(settings, stack)
            except EXPECTED as error:
                self._fail(str(error))
            except Exception as error:
                self.log.exception("DuraGraph does not start")
                self._fail(f"{type(error).__name__}: {error}")
            await asyncio.Event().wait()

    async def _start(self, settings: Duragraph, stack: contextlib.AsyncExitStack) -> None:
        """Open the parts in order; the stack closes them in the reverse one."""
        api: ApiContext = self.settings[SETTING]
        project = self._project(settings)
        graphs = set(project.graphs) if project else set()
        if graphs and settings.workers:
            Forks.ensure()
            stack.callback(Forks.end)
        config = await self._data_plane(settings, stack)
        store = project.store if project else DEFAULTS
        config = replace(config, store=store, webhooks=webhook_policy(settings, project))
        api.waiting_for = "migrations"
        await self._patiently(lambda: asyncio.to_thread(migrate, config.dsn))
        core = await self._patiently(lambda: Core.open(config))
        stack.push_async_callback(self._close, "core", core.close)
        if self._services is not None:
            core.bus.on_unwritten(self._services.restart_nats)
        if store.index is not None:
            embedder = server_embedder(core, store.index, sorted(graphs))
            await self._patiently(lambda: open_index(core, embedder))
        outcomes = Outcomes(core)
        await outcomes.open()
        stack.push_async_callback(self._close, "outcomes", outcomes.close)
        if graphs and settings.workers:
            workers = WorkerKernels(
                self.server, partial(self._worker_environment, settings, config), partial(self._worker_ended, core)
            )
            workers.start(settings.workers)
            stack.push_async_callback(self._close, "workers", workers.stop)
        await self._project_side(settings, project, api, stack)
        auth = api.project.auth if api.project is not None else None  # first: no cron may slip past it
        duties = Duties(
            core,
            run_timeout=settings.run_timeout,
            durability=settings.durability,
            shape=as_run,
            retention=RetentionPolicy.of(settings),
            expiry=_expiry(core, project),
            permit=CronPermit(core, auth) if auth is not None else None,
        )
        duties.start()
        stack.push_async_callback(self._close, "duties", duties.stop)
        await api.open(core, outcomes)
        stack.push_async_callback(self._close, "streams", api.close)
        presence = self._presence()
        presence.leave(Path(settings.data_dir))
        stack.callback(presence.remove, Path(settings.data_dir))
        if settings.workers:
            await self._until_served(core, graphs, api)
        api.waiting_for = None
        if self.on_ready:
            self.on_ready(presence)
        else:
            self.log.info("DuraGraph: API %s, dashboard %s", presence.api_url, presence.dashboard_url)

    def _project(self, settings: Duragraph) -> Project | None:
        """The project to serve: the one that was named, or that lies in the server's folder."""
        if not settings.langgraph_config:
            here = Path(self.server.root_dir, "langgraph.json")
            if not here.is_file():
                return None
            settings.langgraph_config = str(here)
        project = read_project(settings.langgraph_config)
        if project.ignored:
            self.log.warning("langgraph.json: without effect here: %s", ", ".join(project.ignored))
        return project

    async def _project_side(
        self, settings: Duragraph, project: Project | None, api: ApiContext, stack: contextlib.AsyncExitStack
    ) -> None:
        """What the project adds to the API; its own code runs in the project host."""
        if project is None or not (project.sections.auth or project.sections.http):
            return
        http, host = project.sections.http, None
        if project.sections.auth or (http is not None and http.app):
            api.waiting_for = "the project's own code"
            host = ProjectHost(settings.langgraph_config, Path(settings.data_dir, "logs", "project.log"))
            stack.push_async_callback(self._close, "project", host.stop)
            await host.start()
        api.project = ProjectSide(project.sections, host)

    async def _data_plane(self, settings: Duragraph, stack: contextlib.AsyncExitStack) -> CoreConfig:
        """Where Postgres and NATS are; what is not configured is embedded."""
        dsn, nats_url, token_file = settings.database_url, settings.nats_url, settings.nats_token_file
        if not (dsn and nats_url):
            if self.attaching:
                attaching = asyncio.wrap_future(self.attaching)
            else:
                attaching = asyncio.ensure_future(asyncio.to_thread(attach, Path(settings.data_dir)))
            try:
                services = await asyncio.shield(attaching)
            finally:
                stack.push_async_callback(_let_go, attaching)
            dsn = dsn or services.facts.dsn
            if not nats_url:
                self._services = services
                nats_url, token_file = services.facts.nats_url, str(services.facts.nats_token_file)
        return CoreConfig(
            dsn=without_password(dsn, Path(settings.data_dir)), nats_url=nats_url, nats_token_file=token_file or None
        )

    def _worker_environment(self, settings: Duragraph, config: CoreConfig, name: str) -> dict[str, str]:
        return settings.environment(
            worker_name=name,
            database_url=config.dsn,
            nats_url=config.nats_url,
            nats_token_file=config.nats_token_file or "",
        )

    async def _worker_ended(self, core: Core, name: str, pid: int, how: str) -> bool:
        """Note how a worker ended, for the runs that it leaves; without a database nobody can know."""
        try:
            return await note_end(core, name, socket.gethostname(), pid, how)
        except DuragraphError as error:
            self.log.info("the end of %s is not noted: %s", name, error)
            return True

    async def _until_served(self, core: Core, graphs: set[str], api: ApiContext) -> None:
        """Wait until every graph is served by a worker, or known to be broken by one of this start."""
        while True:
            found = await self._patiently(lambda: list_graphs(core, LOCAL))
            served = {each["graph_id"] for each in found if each["workers"]}
            working = await self._patiently(lambda: list_workers(core, LOCAL))
            if served or working:
                served |= {each["graph_id"] for each in found if each["broken"]}
            if graphs <= served:
                return
            api.waiting_for = f"a worker for {', '.join(sorted(graphs - served))}"
            await asyncio.sleep(_LOOK_SECONDS)

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the database, and again while it does not answer. Raises Unavailable after PATIENCE."""
        loop = asyncio.get_running_loop()
        until, told = loop.time() + PATIENCE, ""
        while True:
            try:
                return await ask()
            except Unavailable as error:
                if loop.time() > until:
                    raise
                if str(error) != told:
                    told = str(error)
                    self.log.warning("%s: trying again for %.0f s", told, PATIENCE)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _close(self, name: str, close: Callable[[], Awaitable[None]]) -> None:
        """Close a part; one that does not end in time must not keep the others."""
        now = asyncio.get_running_loop().time()
        if self._closed_by is None:
            self._closed_by = now + ALL_CLOSED_SECONDS
        seconds = max(LAST_SECONDS, min(CLOSE_SECONDS[name], self._closed_by - now))
        try:
            await asyncio.wait_for(close(), seconds)
        except TimeoutError:
            self.log.warning("%s did not close within %.1f s", name, seconds)

    def _presence(self) -> Presence:
        url = self.server.connection_url
        return Presence(os.getpid(), url_path_join(url, API_PATH), url_path_join(url, DASHBOARD_PATH))

    def _fail(self, reason: str) -> None:
        self.log.critical("DuraGraph does not start: %s", reason)
        self.settings[SETTING].waiting_for = reason
        if self.on_failure:
            self.on_failure(reason)


def _expiry(core: Core, project: Project | None) -> Expiry:
    """The duty that ends expired threads, with the project's default for those that say nothing themselves."""
    ttl = project.ttl if project else None
    default = Ttl(ttl.default_ttl, ttl.strategy) if ttl and ttl.default_ttl else None
    return Expiry(core, default, (ttl and ttl.sweep_interval_minutes) or EVERY)


async def _let_go(attaching: asyncio.Future[Services]) -> None:
    with contextlib.suppress(DataPlaneError):
        services = await attaching
        await asyncio.to_thread(services.close)
