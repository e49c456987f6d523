"""The database that a command works on: the configured one, or the embedded one, started if need be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from duragraph_ext.embedded import attach
from duragraph_ext.settings import Duragraph


@contextlib.contextmanager
def database(settings: Duragraph) -> Iterator[str]:
    """Its connection string. Raises DataPlaneError if the embedded one does not start."""
    if settings.database_url:
        yield settings.database_url
        return
    services = attach(Path(settings.data_dir))
    try:
        yield services.facts.dsn
    finally:
        services.close()
