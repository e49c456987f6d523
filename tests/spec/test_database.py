"""A freshly migrated database is `spec/models/entities.yml` and `spec/outbox/schema.sql`, both ways."""

from __future__ import annotations

import psycopg

from duragraph_ext.core.domain.world import PROJECTIONS
from tests.spec.database import tables
from tests.spec.documents import SPEC, facts_of, load

ENTITIES = load("models/entities.yml")
WITHOUT_PRINCIPAL = {"langgraph", "read model"}


def test_every_table_is_specified_as_it_is(fresh_database: str) -> None:
    found, written = tables(fresh_database), facts_of(ENTITIES["tables"])
    assert list(found) == sorted(written)
    for name in found:
        assert found[name] == written[name], name


def test_the_outbox_is_as_its_schema_says(fresh_database: str) -> None:
    schema = (SPEC / "outbox/schema.sql").read_text()
    with psycopg.connect(fresh_database) as connection:
        connection.execute("CREATE SCHEMA written")
        connection.execute("SET search_path TO written")
        connection.execute(schema)
    found = tables(fresh_database)
    written = tables(fresh_database, "written")
    assert set(written) == {"outbox", "outbox_dead"}
    for name, table in written.items():
        assert table == found[name], name


def test_every_table_says_what_it_is_for() -> None:
    for name, table in ENTITIES["tables"].items():
        assert table["purpose"].endswith("."), name
        assert table["kind"] in ENTITIES["kinds"], name


def test_projections_are_what_the_log_can_rebuild() -> None:
    kinds = {name for name, table in ENTITIES["tables"].items() if table["kind"] == "projection"}
    assert kinds == set(PROJECTIONS)


def test_tenant_and_owner_stand_where_the_specification_says() -> None:
    for name, table in ENTITIES["tables"].items():
        if name == "alembic_version":
            continue
        has = {"tenant_id", "owner"} <= set(table["columns"])
        assert has == (table["kind"] not in WITHOUT_PRINCIPAL), name
