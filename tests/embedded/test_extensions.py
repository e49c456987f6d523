"""pgvector is in every database of the embedded cluster, also of one that an earlier release made."""

from __future__ import annotations

from pathlib import Path

import psycopg

from duragraph_ext.embedded import Services, attach
from duragraph_ext.embedded.layout import Layout
from duragraph_ext.embedded.postgres import Postgres
from tests.support.databases import Databases

DISTANCE = "SELECT '[1,0]'::vector <=> '[0,1]'::vector"


def distance(dsn: str) -> float:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(DISTANCE).fetchone()
    assert row is not None
    return float(row[0])


def test_every_new_database_compares_vectors(data_plane: Services, databases: Databases) -> None:
    assert distance(data_plane.facts.dsn) == 1.0
    with databases.empty() as dsn:
        assert distance(dsn) == 1.0


def test_a_cluster_of_an_earlier_release_gets_what_it_lacks(tmp_path: Path) -> None:
    attach(tmp_path / "data").close()
    (runtime := tmp_path / "run").mkdir()
    earlier = Postgres(Layout(tmp_path / "data"), runtime)
    earlier._run_single(earlier.data, "duragraph", "DROP EXTENSION vector;\n")
    earlier._extended.unlink()
    services = attach(tmp_path / "data")
    try:
        assert distance(services.facts.dsn) == 1.0
    finally:
        services.close()
