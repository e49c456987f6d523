"""Brings a database to this release's schema, under an advisory lock; refuses a newer one.

Alembic and SQLAlchemy are imported only when something is to be migrated: most starts find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from .. import failpoints
from .domain.errors import DuragraphError, Unavailable

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

LOCK = 0x64757261
"""The advisory lock under which one process migrates while others wait."""


class SchemaTooNew(DuragraphError):
    """The database was migrated by a newer release."""


def migrations_folder() -> Path:
    """Where the migrations are: inside the wheel, or at the top of a checkout."""
    inside = Path(__file__).parents[1] / "migrations"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "migrations"


def revisions() -> list[str]:
    """This release's revisions in order: the numbers in the names of the migrations' files."""
    files = migrations_folder().glob("versions/v*.py")
    return sorted(file.stem.removeprefix("v").partition("_")[0] for file in files)


def schema_status(dsn: str) -> tuple[str | None, str]:
    """The database's revision and this release's. Raises Unavailable."""
    try:
        with psycopg.connect(dsn, connect_timeout=5, autocommit=True) as connection:
            there = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
            row = None
            if there is not None and there[0]:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database does not answer: {error}") from error
    return (row[0] if row else None), revisions()[-1]


def migrate(dsn: str) -> list[str]:
    """Apply what is missing; the revisions applied.

    Raises SchemaTooNew and leaves such a database alone, Unavailable when the database does not answer.
    """
    current, head = schema_status(dsn)
    if current == head:
        return []
    from sqlalchemy.exc import OperationalError

    try:
        return _migrate(dsn)
    except OperationalError as error:
        raise Unavailable(f"the database does not answer: {error.orig}") from error


def _migrate(dsn: str) -> list[str]:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import text

    scripts = _scripts()
    with _connect(dsn) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            current = MigrationContext.configure(connection).get_current_revision()
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


def _scripts() -> ScriptDirectory:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@contextmanager
def _connect(dsn: str) -> Iterator[Connection]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn, connect_timeout=5), poolclass=NullPool
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _upgrade(scripts: ScriptDirectory, connection: Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    config = Config(attributes={"connection": connection, "on_version_apply": _applied})
    with EnvironmentContext(config, scripts, fn=lambda rev, _: scripts._upgrade_revs("head", rev)):
        scripts.run_env()
    connection.commit()
