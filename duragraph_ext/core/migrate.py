"""Brings a database to this release's schema, under an advisory lock; refuses a newer one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from .. import failpoints
from .domain.errors import DuragraphError

LOCK = 0x64757261
"""The advisory lock under which one process migrates while others wait."""


class SchemaTooNew(DuragraphError):
    """The database was migrated by a newer release."""


def migrations_folder() -> Path:
    """Where the migrations are: inside the wheel, or at the top of a checkout."""
    inside = Path(__file__).parents[1] / "migrations"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "migrations"


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@contextmanager
def _connect(dsn: str) -> Iterator[Connection]:
    import psycopg

    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn, connect_timeout=5), poolclass=NullPool
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def schema_status(dsn: str) -> tuple[str | None, str]:
    """The database's revision and this release's."""
    scripts = _scripts()
    with _connect(dsn) as connection:
        return _current(connection), scripts.get_current_head() or ""


def migrate(dsn: str) -> list[str]:
    """Apply what is missing; the revisions applied. Raises SchemaTooNew and leaves such a database alone."""
    scripts = _scripts()
    with _connect(dsn) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            current = _current(connection)
            connection.commit()
            known = {script.revision for script in scripts.walk_revisions()}
            if current is not None and current not in known:
                raise SchemaTooNew(
                    f"the database has schema {current}, unknown to this release; install a newer duragraph-ext"
                )
            applied = [s.revision for s in scripts.iterate_revisions("head", current or "base")]
            if applied:
                _upgrade(scripts, connection)
            return applied[::-1]
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def _applied(**_: object) -> None:
    failpoints.hit("migrate.before_commit")


def _upgrade(scripts: ScriptDirectory, connection: Connection) -> None:
    config = Config(attributes={"connection": connection, "on_version_apply": _applied})
    with EnvironmentContext(config, scripts, fn=lambda rev, _: scripts._upgrade_revs("head", rev)):
        scripts.run_env()
    connection.commit()
