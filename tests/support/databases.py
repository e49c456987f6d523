"""Fresh migrated databases in the embedded Postgres, copied from one template."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import Self

import psycopg
from psycopg import conninfo, sql

from tests.support.waiting import eventually

TEMPLATE = "migrated"


class Databases:
    """Makes databases; the first one pays for the migrations."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._has_template = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._has_template:
            self._drop(TEMPLATE)

    def named(self, name: str) -> str:
        """The DSN of another database of the same server."""
        return conninfo.make_conninfo(self.dsn, dbname=name)

    @contextlib.contextmanager
    def empty(self) -> Iterator[str]:
        """The DSN of a new database without tables."""
        with self._copy_of("template1") as dsn:
            yield dsn

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """The DSN of a new database with all migrations applied and no rows."""
        if not self._has_template:
            self._make_template()
        with self._copy_of(TEMPLATE) as dsn:
            yield dsn

    @contextlib.contextmanager
    def _copy_of(self, template: str) -> Iterator[str]:
        name = f"test_{uuid.uuid4().hex}"
        self._create(name, template)
        try:
            yield self.named(name)
        finally:
            self._drop(name)

    def _make_template(self) -> None:
        from duragraph_ext.core.migrate import migrate

        self._create(TEMPLATE, "template1")
        self._has_template = True
        migrate(self.named(TEMPLATE))

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            eventually(lambda: self._dropped(connection, statement), what=f"the end of {name}")

    @staticmethod
    def _dropped(connection: psycopg.Connection, statement: sql.Composed) -> bool:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:  # the vacuum of a superuser is in it, for a moment
            return False
        return True
