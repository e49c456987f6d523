"""`jupyter duragraph prune`: take what is older than the settings keep, now instead of within the hour."""

from __future__ import annotations

import asyncio

import psycopg
from traitlets import Bool

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.cli.database import database
from duragraph_ext.core.commands.retention import overdue, prune
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.domain.retention import RetentionPolicy
from duragraph_ext.core.eventstore.database import Database
from duragraph_ext.embedded import DataPlaneError

UNITS = {
    "deleted": "deleted threads",
    "log": "threads at rest",
    "checkpoints": "checkpoints",
    "frames": "frame rows",
    "dead_letters": "dead letters",
}


class Prune(Command):
    """Take what is older than the settings keep."""

    name = "duragraph-prune"
    description = (
        "Take what is older than the keep-… settings allow: the log of deleted threads, and where a setting says so "
        "events of threads at rest, old checkpoints, replayable streams and dead letters. "
        "A running server does the same every hour."
    )
    examples = "jupyter duragraph prune --dry-run --keep-log-days=90"
    dry_run = Bool(False, help="Only say what would be taken.").tag(config=True)
    aliases = options_for(
        "data_dir",
        "database_url",
        "keep_deleted_days",
        "keep_log_days",
        "keep_frames_hours",
        "keep_checkpoints",
        "keep_checkpoints_days",
        "keep_dead_letters_days",
    )
    flags = {"dry-run": ({"Prune": {"dry_run": True}}, "Only say what would be taken.")}

    def start(self) -> None:
        """Take it, or count it."""
        super().start()
        settings = self.duragraph
        try:
            with database(settings) as dsn:
                counts = asyncio.run(_prune(dsn, RetentionPolicy.of(settings), dry_run=self.dry_run))
        except (DataPlaneError, DuragraphError, psycopg.Error) as error:
            self.fail(str(error))
        verb = "would take" if self.dry_run else "took"
        for kind, count in counts.items():
            self.say(f"{verb} {count} {UNITS[kind]}")


async def _prune(dsn: str, policy: RetentionPolicy, *, dry_run: bool) -> dict[str, int]:
    db = Database(dsn, size=1, name="prune")
    await db.open()
    try:
        return await (overdue if dry_run else prune)(db, policy)
    finally:
        await db.close()
