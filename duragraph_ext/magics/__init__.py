"""`%load_ext duragraph_ext`: runs in cells, seen live, without blocking the kernel."""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from duragraph_ext.client.errors import DuraGraphError
from duragraph_ext.magics.arguments import HelpShown, parse
from duragraph_ext.magics.commands import Commands
from duragraph_ext.magics.complete import Completions
from duragraph_ext.magics.session import Session


@magics_class
class DuragraphMagics(Magics):
    """`%duragraph SUBCOMMAND …` and `%%duragraph run GRAPH …`."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.session = Session()
        self.commands = Commands(shell, self.session)

    @no_var_expand
    @line_cell_magic
    def duragraph(self, line: str, cell: str | None = None) -> Any:
        """Run graphs on the DuraGraph server and watch them; `%duragraph --help` lists the subcommands."""
        try:
            command, arguments = parse(line)
            return self.commands(command, arguments, cell)
        except HelpShown as help_text:
            sys.stdout.write(f"{help_text}\n")
            return None
        except DuraGraphError as error:
            raise UsageError(str(error)) from error


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics and their completion."""
    magics = DuragraphMagics(shell)
    shell.register_magics(magics)
    Completions(shell, magics.session).register()
