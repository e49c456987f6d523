"""`jupyter duragraph restore`: a database from a backup's file."""

from __future__ import annotations

from pathlib import Path

import psycopg
from traitlets import Bool, Unicode

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.cli.database import database
from duragraph_ext.cli.pgtools import PgToolError, run_tool
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.migrate import migrate
from duragraph_ext.embedded import DataPlaneError

IN_USE = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'duragraph %' AND pid <> pg_backend_pid()
"""
HAS_RUNS = "SELECT to_regclass('public.runs') IS NOT NULL"

SETTLE = """
ALTER TABLE events DISABLE TRIGGER USER;
UPDATE events SET xact = '3' WHERE xact >= pg_snapshot_xmin(pg_current_snapshot());
ALTER TABLE events ENABLE TRIGGER USER
"""
"""Readers of the log stop before transactions that may not have ended; another cluster's numbers say nothing here."""


class Restore(Command):
    """Put a backup's content into the database."""

    name = "duragraph-restore"
    description = (
        "Put a backup's content into the database, whole or not at all, then bring it to this release's schema. "
        "No server or worker may be connected. A database that holds runs is replaced only with --replace."
    )
    examples = "jupyter duragraph restore --file=duragraph.dump --data-dir=/var/lib/duragraph"
    file = Unicode(help="The file that `jupyter duragraph backup` wrote.").tag(config=True)
    replace = Bool(False, help="Replace what the database holds.").tag(config=True)
    aliases = {**options_for("data_dir", "database_url"), "file": ("Restore.file", "The file to read.")}
    flags = {"replace": ({"Restore": {"replace": True}}, "Replace what the database holds.")}

    def start(self) -> None:
        """Restore, then migrate."""
        super().start()
        path = Path(self.file).expanduser().absolute() if self.file else None
        if path is None or not path.is_file():
            self.fail("--file=PATH must name a backup's file", status=2)
        try:
            with database(self.duragraph) as dsn:
                self._check(dsn)
                run_tool(
                    "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
                    f"--dbname={dsn}", str(path),
                )  # fmt: skip
                migrate(dsn)
                settle(dsn)
        except (DataPlaneError, DuragraphError, PgToolError, psycopg.Error) as error:
            self.fail(str(error))
        self.say(f"restored {path}")

    def _check(self, dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
            if _first(connection, IN_USE):
                self.fail("a server or worker is connected to this database; stop it first")
            if not self.replace and _first(connection, HAS_RUNS) and _first(connection, "SELECT EXISTS (TABLE runs)"):
                self.fail("the database holds runs; say --replace to lose them")


def settle(dsn: str) -> None:
    """Let readers see what was restored, whatever the transactions were called where it was written."""
    with psycopg.connect(dsn) as connection:
        connection.execute(SETTLE)


def _first(connection: psycopg.Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
