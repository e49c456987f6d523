"""What a real, migrated PostgreSQL says about its tables."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.rows import dict_row

from duragraph_ext.core.domain.world import KEYS, PROJECTIONS

COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
    CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END AS default
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
CONSTRAINTS = """
SELECT contype::text AS kind, pg_get_constraintdef(oid) AS text,
    ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place) AS columns
FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'f', 'c') ORDER BY conname
"""
INDEXES = """
SELECT c.relname AS name, i.indisunique AS is_unique, pg_get_indexdef(i.indexrelid) AS text
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY c.relname
"""
TRIGGERS = "SELECT tgname::text AS name FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY 1"
TABLES = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = %s ORDER BY tablename"

Table = dict[str, Any]


def tables(dsn: str, schema: str = "public") -> dict[str, Table]:
    """Every table of a schema: columns, keys, indexes, triggers."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        names = [row["name"] for row in connection.execute(TABLES, (schema,))]
        return {name: _table(connection, schema, name) for name in names}


def _table(connection: psycopg.Connection[dict[str, Any]], schema: str, name: str) -> Table:
    place = f"{schema}.{name}"
    columns = {row["name"]: _column(row) for row in connection.execute(COLUMNS, (place,))}
    table: Table = {"columns": columns}
    for row in connection.execute(CONSTRAINTS, (place,)):
        if row["kind"] == "p":
            table["key"] = row["columns"]
        elif row["kind"] == "u":
            table.setdefault("unique", []).append(row["columns"])
        elif row["kind"] == "f":
            columns[row["columns"][0]]["references"] = row["text"].partition("REFERENCES ")[2]
        else:
            columns[row["columns"][0]]["values"] = re.findall(r"'([^']+)'::text", row["text"])
    if indexes := {row["name"]: _index(row) for row in connection.execute(INDEXES, (place,))}:
        table["indexes"] = indexes
    if triggers := [row["name"] for row in connection.execute(TRIGGERS, (place,))]:
        table["triggers"] = triggers
    if name in PROJECTIONS:
        _mark_what_the_log_does_not_say(name, table)
    return table


def _column(row: dict[str, Any]) -> Table:
    column: Table = {"type": row["type"]}
    if row["nullable"]:
        column["nullable"] = True
    if row["default"] is not None:
        column["default"] = row["default"]
    return column


def _index(row: dict[str, Any]) -> str:
    body: str = row["text"].partition(" USING ")[2]
    return f"unique {body}" if row["is_unique"] else body


def _mark_what_the_log_does_not_say(name: str, table: Table) -> None:
    said = {*PROJECTIONS[name], "tenant_id", "owner"}
    assert table["key"] == list(PROJECTIONS[name][: KEYS[name]])
    for column, facts in table["columns"].items():
        if column not in said:
            facts["replayed"] = False
