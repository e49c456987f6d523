"""`jupyter duragraph migrate`: bring the database to this release's schema."""

from __future__ import annotations

from typing import Any

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.cli.database import database
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.migrate import migrate
from duragraph_ext.embedded import DataPlaneError


class Migrate(Command):
    """Bring the database to this release's schema."""

    name = "duragraph-migrate"
    description = (
        "Bring the database to this release's schema. Servers do so themselves when they start; "
        "this is for whoever wants to do it before."
    )
    aliases: dict[str, Any] = options_for("data_dir", "database_url")

    def start(self) -> None:
        """Apply what is missing and say what that was."""
        super().start()
        try:
            with database(self.duragraph) as dsn:
                applied = migrate(dsn)
        except (DataPlaneError, DuragraphError) as error:
            self.fail(str(error))
        self.say(f"applied {', '.join(applied)}" if applied else "nothing to do: the schema is this release's")
