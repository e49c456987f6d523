"""`jupyter duragraph rebuild`: rebuild the read models from the event log."""

from __future__ import annotations

import asyncio

import psycopg

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.cli.database import database
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.eventstore.database import Database
from duragraph_ext.core.eventstore.replay import rebuild
from duragraph_ext.embedded import DataPlaneError


class Rebuild(Command):
    """Rebuild the read models from the event log."""

    name = "duragraph-rebuild"
    description = (
        "Rebuild the read models (assistants, threads, runs, interrupts, executions) from the event log, "
        "which is the truth. Prints how many rows of each were written."
    )
    aliases = options_for("data_dir", "database_url")

    def start(self) -> None:
        """Replay the log."""
        super().start()
        try:
            with database(self.duragraph) as dsn:
                written = asyncio.run(_rebuild(dsn))
        except (DataPlaneError, DuragraphError, psycopg.Error) as error:
            self.fail(str(error))
        for name, rows in sorted(written.items()):
            self.say(f"{name} {rows}")


async def _rebuild(dsn: str) -> dict[str, int]:
    db = Database(dsn, size=1, name="rebuild")
    await db.open()
    try:
        return await rebuild(db)
    finally:
        await db.close()
