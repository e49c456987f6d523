"""`backup` and `restore`: a restored database holds what the backup held, and nothing is lost by mistake."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.workers import GraphDefinition, define_graph
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.replay import differences
from duragraph_ext.embedded import Services
from tests.cli.test_command_line import run
from tests.support.databases import Databases


async def _fill(config: CoreConfig) -> None:
    core = await Core.open(config)
    try:
        await define_graph(core, LOCAL, GraphDefinition("g", "hash", {"info": {}}))
        for number in range(3):
            await create_run(core, LOCAL, NewRun("g", {"input": number}))
    finally:
        await core.close()


async def _differences(config: CoreConfig) -> list[str]:
    core = await Core.open(config)
    try:
        return await differences(core.db)
    finally:
        await core.close()


def _log(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "SELECT stream_id, version, type, payload::text, at FROM events ORDER BY 1, 2"
        ).fetchall()


def test_what_was_backed_up_is_restored(
    data_plane: Services, databases: Databases, fresh_database: str, tmp_path: Path
) -> None:
    facts = data_plane.facts
    asyncio.run(_fill(CoreConfig(fresh_database, facts.nats_url, facts.nats_token_file)))
    file = tmp_path / "all.dump"
    made = run("backup", f"--database-url={fresh_database}", f"--file={file}")
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o077 == 0
    again = run("backup", f"--database-url={fresh_database}", f"--file={file}")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    with databases.fresh() as other:
        restored = run("restore", f"--database-url={other}", f"--file={file}")
        assert restored.returncode == 0, restored.stderr
        assert _log(other) == _log(fresh_database) != []
        config = CoreConfig(other, facts.nats_url, facts.nats_token_file)
        assert asyncio.run(_differences(config)) == []
        refused = run("restore", f"--database-url={other}", f"--file={file}")
        assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
        replaced = run("restore", f"--database-url={other}", f"--file={file}", "--replace")
        assert replaced.returncode == 0, replaced.stderr
        assert len(_log(other)) == len(_log(fresh_database))


def test_a_database_in_use_is_not_replaced(data_plane: Services, fresh_database: str, tmp_path: Path) -> None:
    file = tmp_path / "all.dump"
    assert run("backup", f"--database-url={fresh_database}", f"--file={file}").returncode == 0
    with psycopg.connect(fresh_database, application_name="duragraph server"):
        refused = run("restore", f"--database-url={fresh_database}", f"--file={file}")
    assert refused.returncode == 1
    assert "stop it first" in refused.stderr


@pytest.mark.parametrize("damage", ["absent", "cut"])
def test_a_bad_file_changes_nothing(data_plane: Services, fresh_database: str, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "all.dump"
    if damage == "cut":
        assert run("backup", f"--database-url={fresh_database}", f"--file={file}").returncode == 0
        file.write_bytes(file.read_bytes()[:-200])
    refused = run("restore", f"--database-url={fresh_database}", f"--file={file}")
    assert refused.returncode == (2 if damage == "absent" else 1)
    assert len(refused.stderr.splitlines()) == 1
    with psycopg.connect(fresh_database) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_pruning_can_be_tried_first(data_plane: Services, fresh_database: str) -> None:
    tried = run("prune", f"--database-url={fresh_database}", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "would take 0 deleted threads" in tried.stdout
    done = run("prune", f"--database-url={fresh_database}")
    assert "took 0 deleted threads" in done.stdout
