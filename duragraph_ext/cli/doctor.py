"""`jupyter duragraph doctor`: each check looks at one piece and knows its remedy."""

from __future__ import annotations

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.cli.checks import CHECKS, Problem


class Doctor(Command):
    """Name every missing or broken piece and its remedy."""

    name = "duragraph-doctor"
    description = "Name every missing or broken piece and its remedy. Status 1 if there is any. Changes nothing."
    aliases = options_for("data_dir", "database_url", "nats_url", "nats_token_file", "langgraph_config")

    def start(self) -> None:
        """Run every check."""
        super().start()
        settings = self.duragraph
        problems = 0
        for name, check in CHECKS.items():
            try:
                self.say(f"ok      {name}: {check(settings)}")
            except Problem as problem:
                problems += 1
                self.say(f"BROKEN  {name}: {problem.what}")
                self.say(f"        remedy: {problem.remedy}")
        self.say()
        self.say(f"{problems} of {len(CHECKS)} pieces are broken" if problems else "everything is in order")
        self.exit(1 if problems else 0)
