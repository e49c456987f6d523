"""Fixtures for all tests: real Postgres and NATS, fresh databases, real servers; no silent skips in CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from duragraph_ext.embedded import Services, attach
from duragraph_ext.lean import hide
from tests.support.databases import Databases
from tests.support.server import Server
from tests.support.tls import share_contexts

hide()
share_contexts()
hypothesis.settings.register_profile("duragraph", deadline=None)  # the machine may be busy
hypothesis.settings.load_profile("duragraph")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With CI=true a skipped test is a failed one: everything it needs has been installed."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but in CI nothing may be: {report.longrepr}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long half of the fault matrix, unless `-m` asks for something."""
    if config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("faults")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]


@pytest.fixture(scope="session", autouse=True)
def _own_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's configuration, data and settings out of the tests, and the tests out of them."""
    home = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("DURAGRAPH_", "JUPYTER_"))]:
            patch.delenv(name)
        for folder in ("CONFIG", "DATA", "RUNTIME"):
            patch.setenv(f"JUPYTER_{folder}_DIR", str(home / folder.lower()))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        yield


@pytest.fixture(scope="session")
def data_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One embedded data plane for the whole session; `data_plane.facts` has DSN, NATS URL and token file."""
    services = attach(tmp_path_factory.mktemp("data-plane"))
    yield services
    services.close()


@pytest.fixture(scope="session")
def databases(data_plane: Services) -> Iterator[Databases]:
    """Makes databases with all migrations applied, and drops them at the end."""
    with Databases(data_plane.facts.dsn) as databases:
        yield databases


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[str]:
    """The DSN of an empty migrated database of this test alone."""
    with databases.fresh() as dsn:
        yield dsn


@pytest.fixture(scope="module")
def module_database(databases: Databases) -> Iterator[str]:
    """The DSN of an empty migrated database that the tests of one file share."""
    with databases.fresh() as dsn:
        yield dsn


@pytest.fixture
def duragraph_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts `jupyter duragraph serve` as a process; stops it, and checks that nothing is left, at the end.

    `duragraph_server(config=PATH, workers=1, data_dir=…, base_url="/", env={…}, arguments=[…])` returns once
    the server is ready. A data directory that is not there is made from a template, but for `bare=True`.
    """
    with Server.factory(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def module_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """The same for a server that the tests of one file share."""
    with Server.factory(tmp_path_factory.mktemp("server")) as start:
        yield start
