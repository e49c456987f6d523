"""Take the password out of a connection string, so that neither argv nor the environment of a worker has it."""

from __future__ import annotations

from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from duragraph_ext.embedded.layout import write_private


def without_password(dsn: str, data_dir: Path) -> str:
    """The same connection with its password in a private file below `data_dir`, where libpq reads it."""
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    password = parts.pop("password", None)
    if not password:
        return dsn
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    parts.pop("passfile", None)
    passfile = folder / "database.pgpass"
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    write_private(passfile, f"*:*:*:*:{escaped}\n")
    return make_conninfo("", **parts, passfile=str(passfile))
