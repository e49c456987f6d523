"""`jupyter duragraph backup`: the whole database in one file, while everything runs."""

from __future__ import annotations

from pathlib import Path

from traitlets import Unicode

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.cli.database import database
from duragraph_ext.cli.pgtools import PgToolError, run_tool
from duragraph_ext.embedded import DataPlaneError


class Backup(Command):
    """Write the whole database into one file."""

    name = "duragraph-backup"
    description = (
        "Write the whole database into one file (pg_dump's custom format), consistent, while everything runs. "
        "Messages under way are hints that are made anew; they need no backup."
    )
    examples = "jupyter duragraph backup --file=duragraph.dump"
    file = Unicode(help="The file to write; it must not exist.").tag(config=True)
    aliases = {**options_for("data_dir", "database_url"), "file": ("Backup.file", "The file to write.")}

    def start(self) -> None:
        """Dump."""
        super().start()
        if not self.file:
            self.fail("--file=PATH is required", status=2)
        path = Path(self.file).expanduser().absolute()
        if path.exists():
            self.fail(f"{path} exists already; name a new file", status=2)
        partial = path.with_name(f"{path.name}.part")
        try:
            with database(self.duragraph) as dsn:
                run_tool(  # the extension is the superuser's, and no table needs it
                    "pg_dump", "--format=custom", "--no-owner", "--exclude-extension=vector", f"--file={partial}",
                    f"--dbname={dsn}",
                )  # fmt: skip
            partial.chmod(0o600)
            partial.rename(path)
        except (DataPlaneError, PgToolError, OSError) as error:
            self.fail(str(error))
        finally:
            partial.unlink(missing_ok=True)
        self.say(f"wrote {path} ({path.stat().st_size:,} bytes)")
