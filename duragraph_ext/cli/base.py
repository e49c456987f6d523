"""What all commands share: options named after the settings, and no misspelling that goes unnoticed."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Generator, Iterable
from inspect import cleandoc
from textwrap import indent
from typing import Any, NoReturn

from jupyter_core.application import JupyterApp
from traitlets import TraitError
from traitlets.config import Config, Configurable
from traitlets.config.loader import KVArgParseConfigLoader

from duragraph_ext import __version__
from duragraph_ext.settings import Duragraph, SettingsError, setting_names

OPTION_NAMES = {"langgraph_config": "config"}
"""Settings whose command-line option is not simply their name."""


class UsageError(Exception):
    """The command line is wrong; the message is one line for the user."""


def options_for(*names: str) -> dict[str, Any]:
    """Command-line options for settings: `data_dir` becomes `--data-dir`."""
    options = {}
    for name in names:
        option = OPTION_NAMES.get(name, name.replace("_", "-"))
        options[option] = (f"Duragraph.{name}", Duragraph.class_own_traits()[name].help)
    return options


class Command(JupyterApp):
    """Base of the commands of `jupyter duragraph`."""

    version = __version__
    classes: list[type[Configurable]] = [Duragraph]
    aliases: dict[str, Any] = options_for(*setting_names())
    flags: dict[str, Any] = {}
    description = ""
    config_file_name = "jupyter_server_config"
    """The settings of the server extension are read from the file where Jupyter has them."""

    @property
    def duragraph(self) -> Duragraph:
        """The settings that the command line, files and environment amount to."""
        return Duragraph(config=self.config)

    def emit_examples(self) -> Generator[str, None, None]:
        """The examples, aligned."""
        if self.examples:
            yield "Examples\n--------\n"
            yield indent(cleandoc(str(self.examples)), "    ") + "\n"

    def initialize(self, argv: list[str] | None = None) -> None:
        """Read the command line; a wrong one ends the process with one line and status 2."""
        try:
            super().initialize(argv)
            if not self._dispatching:
                self._refuse_arguments()
                self._refuse_unknown_traits()
                self.duragraph  # noqa: B018 - raises if a value is not allowed
        except (UsageError, SettingsError) as error:
            self.fail(str(error), status=2)

    def parse_command_line(self, argv: Any = None) -> None:
        """Read it after a look at the names of its options. Raises UsageError."""
        if not (argv and argv[0] in self.subcommands):
            self._refuse_unknown_options(argv or [])
        super().parse_command_line(argv)

    def update_config(self, config: Config) -> None:
        """Take values. Raises UsageError where traitlets would print several lines."""
        try:
            super().update_config(config)
        except TraitError as error:
            raise UsageError(str(error)) from error

    def fail(self, reason: str, status: int = 1) -> NoReturn:
        """End with one line."""
        sys.stderr.write(f"jupyter {self.name.replace('-', ' ')}: {' '.join(reason.split())}\n")
        sys.exit(status)

    def say(self, text: str = "") -> None:
        """Print a line of the answer."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _create_loader(self, argv: Any, aliases: Any, flags: Any, classes: Any) -> KVArgParseConfigLoader:
        return _Loader(argv, aliases, flags, classes=classes, log=self.log, subcommands=self.subcommands)

    def _refuse_arguments(self) -> None:
        if self.extra_args:
            raise UsageError(
                f"unexpected argument {self.extra_args[0]!r}{nearest(self.extra_args[0], self.subcommands)}"
            )

    def _refuse_unknown_options(self, argv: list[str]) -> None:
        known = [*map(str, self.aliases), *self.flags, "help", "help-all", "version"]
        for argument in argv:
            option = argument.removeprefix("--").partition("=")[0]
            if argument.startswith("--") and "." not in option and option not in known:
                raise UsageError(f"unknown option --{option}{nearest(option, known)}")

    def _refuse_unknown_traits(self) -> None:
        known = {each.__name__: each for each in self._classes_with_config_traits()}
        for section, values in self.cli_config.items():
            if section not in known:
                raise UsageError(f"unknown section --{section}{nearest(section, known)}")
            names = known[section].class_traits(config=True)
            for name in values:
                if name not in names:
                    raise UsageError(f"unknown option --{section}.{name}{nearest(name, names)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """`: did you mean …?` if something known is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f": did you mean {found[0]}?" if found else ""


class _Parser(KVArgParseConfigLoader.parser_class):  # type: ignore[misc, valid-type]
    """Leaves it to the command to say what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the usage."""
        raise UsageError(message)


class _Loader(KVArgParseConfigLoader):
    parser_class = _Parser
