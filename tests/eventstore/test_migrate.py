"""Migrations: applied once, and never against a database that a newer release has made."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.migrate import SchemaTooNew, _scripts, migrate, revisions, schema_status


def test_a_migrated_database_is_left_alone(fresh_database: str) -> None:
    current, head = schema_status(fresh_database)
    assert current == head
    assert migrate(fresh_database) == []


def test_a_newer_schema_is_refused_and_unchanged(fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(SchemaTooNew, match="9999"):
            migrate(fresh_database)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_two_servers_that_start_together_migrate_once(fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute("DROP OWNED BY CURRENT_USER CASCADE")
        connection.execute("CREATE SCHEMA IF NOT EXISTS public")
    with ThreadPoolExecutor(2) as pool:
        applied = [pool.submit(migrate, fresh_database) for _ in range(2)]
        assert sorted(len(each.result()) for each in applied) == [0, len(revisions())]


def test_a_tenant_is_one_subject_token() -> None:
    with pytest.raises(ValueError, match=r"a\.b"):
        Principal("a.b", "me")


def test_the_files_names_tell_the_revisions_as_alembic_reads_them() -> None:
    scripts = _scripts()
    assert revisions() == [script.revision for script in scripts.walk_revisions()][::-1]
    assert scripts.get_current_head() == revisions()[-1]
