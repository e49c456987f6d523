"""Every setting, once: name, type, default, help, and the environment variable that sets it.

In a Jupyter config file `c.Duragraph.workers = 2`, on a command line `--Duragraph.workers=2` or, for
`jupyter duragraph …`, `--workers=2`, in the environment `DURAGRAPH_WORKERS=2`; the first one that says
something wins in the order command line, file, environment.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from traitlets import Enum, Float, Int, TraitError, TraitType, Unicode, default, validate
from traitlets.config import Config, Configurable

PREFIX = "DURAGRAPH_"

OTHER_VARIABLES = {
    "DURAGRAPH_URL": "the API that clients and magics use",
    "DURAGRAPH_TOKEN": "the token of that API",
    "DURAGRAPH_DEMO_MODEL": "the chat model of the demo's graph: keyless, or provider:model",
    "DURAGRAPH_DEMO_READ_SECONDS": "how long the demo's graph reads a passage",
    "DURAGRAPH_DEMO_TOKEN_SECONDS": "how long the demo's keyless model takes for a token",
    "DURAGRAPH_FAILPOINTS": "places in the code at which tests make a process fail",
}
"""Variables with our prefix that are no settings of the server."""


class SettingsError(ValueError):
    """A setting is unknown or has a value that is not allowed; the message is one line for the user."""


class Duragraph(Configurable):
    """The settings of DuraGraph for Jupyter."""

    data_dir = Unicode(
        help="Folder of the embedded database and messages; must be on a local disk. "
        "Default: the folder duragraph in Jupyter's data directory."
    ).tag(config=True)
    database_url = Unicode(help="Connection string of a PostgreSQL to use instead of the embedded one.").tag(
        config=True
    )
    nats_url = Unicode(help="URL of a NATS server with JetStream to use instead of the embedded one.").tag(config=True)
    nats_token_file = Unicode(help="File that holds the token for nats_url, if it wants one.").tag(config=True)
    langgraph_config = Unicode(help="Path of the project's langgraph.json, whose graphs are served.").tag(
        config=True, variable="DURAGRAPH_CONFIG"
    )
    workers = Int(
        min=0, help="Number of worker kernels to keep running. Default: 1, or 2 with four cores or more."
    ).tag(config=True)
    slots = Int(16, min=1, max=1000, help="Runs that one worker executes at the same time.").tag(config=True)
    lease_seconds = Float(
        15.0, min=0.5, max=3600, help="A worker that is silent for so long loses its runs to another."
    ).tag(config=True)
    run_timeout = Float(3600.0, min=1, help="Seconds after which a run that still executes is ended.").tag(config=True)
    durability = Enum(
        ["sync", "async", "exit"],
        "sync",
        help="When checkpoints are written if the client does not say: sync (each step before the next), "
        "async (the same here), exit (once, at the end).",
    ).tag(config=True)
    max_body_bytes = Int(8 * 2**20, min=1024, help="Longest request body the API accepts.").tag(config=True)
    max_queued_runs = Int(
        10_000, min=1, help="Runs of one user that may wait for a worker; more are refused with 429."
    ).tag(config=True)
    max_streams = Int(
        2_000, min=1, help="Streams and waits of one user that a server keeps open; more are refused with 429."
    ).tag(config=True)
    keepalive_seconds = Float(5.0, min=0.1, max=300, help="A silent event stream sends a comment so often.").tag(
        config=True
    )
    keep_deleted_days = Float(30.0, min=0, help="Days that the log of deleted threads and stateless runs is kept.").tag(
        config=True
    )
    keep_log_days = Float(
        0.0, min=0, help="Days after which a snapshot replaces the events of a thread at rest. 0 keeps them for ever."
    ).tag(config=True)
    keep_frames_hours = Float(
        0.0, min=0, help="Hours that the stream of a run that has ended can be replayed. 0: as long as its thread."
    ).tag(config=True)
    keep_checkpoints = Int(
        0, min=0, help="Latest checkpoints that a thread keeps, and a subgraph within it. 0 keeps them all."
    ).tag(config=True)
    keep_checkpoints_days = Float(
        0.0, min=0, help="Days that checkpoints behind a thread's last one are kept. 0 keeps them for ever."
    ).tag(config=True)
    keep_dead_letters_days = Float(30.0, min=0, help="Days that messages which could not be sent are kept.").tag(
        config=True
    )
    webhook_secret_file = Unicode(
        help="File that holds the secret which signs webhooks. Default: secrets/webhook in data_dir, made on first use."
    ).tag(config=True)
    worker_name = Unicode("worker", help="The name of a worker started by hand.").tag(config=True)

    def __init__(self, environment: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        """Read the environment (`os.environ` if None), below the configuration that is passed.

        Raises SettingsError for an unknown name or a value that is not allowed.
        """
        given = kwargs.pop("config", None) or Config()
        self._refuse_unknown_options(given)
        values = _from_environment(os.environ if environment is None else environment)
        config = Config({"Duragraph": values})
        config.merge(given)
        try:
            super().__init__(config=config, **kwargs)
        except TraitError as error:
            raise SettingsError(str(error)) from error

    @default("data_dir")
    def _default_data_dir(self) -> str:
        from jupyter_core.paths import jupyter_data_dir

        return str(Path(jupyter_data_dir(), "duragraph"))

    @default("workers")
    def _default_workers(self) -> int:
        return 2 if (os.cpu_count() or 1) >= 4 else 1

    @validate("data_dir", "langgraph_config", "nats_token_file", "webhook_secret_file")
    def _absolute(self, proposal: dict[str, Any]) -> str:
        path: str = proposal["value"]
        return str(Path(path).expanduser().absolute()) if path else ""

    def environment(self, **changed: object) -> dict[str, str]:
        """The variables that give another process these settings; `changed` ones differ."""
        values = {name: getattr(self, name) for name in setting_names()} | changed
        return {variable_of(name): str(value) for name, value in values.items() if value != ""}

    @classmethod
    def _refuse_unknown_options(cls, config: Config) -> None:
        for name in config.get("Duragraph", {}):
            if name not in setting_names():
                raise SettingsError(f"unknown setting Duragraph.{name}{_nearest(name, setting_names())}")


def setting_names() -> list[str]:
    """The names of all settings."""
    return sorted(Duragraph.class_own_traits(config=True))


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    variable: str = _trait(name).metadata.get("variable", PREFIX + name.upper())
    return variable


def _trait(name: str) -> TraitType[Any, Any]:
    trait: TraitType[Any, Any] = Duragraph.class_own_traits()[name]
    return trait


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = {variable_of(name): name for name in setting_names()}
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable in OTHER_VARIABLES:
            continue
        if variable not in names:
            raise SettingsError(f"unknown variable {variable}{_nearest(variable, [*names, *OTHER_VARIABLES])}")
        trait = _trait(names[variable])
        try:
            values[names[variable]] = trait.from_string(text)
        except (TraitError, ValueError) as error:
            raise SettingsError(f"{variable}={text!r} is not allowed: expected {trait.info()}") from error
    return values


def _nearest(name: str, known: Iterable[str]) -> str:
    choices = {each.removeprefix(PREFIX): each for each in known}
    nearest = difflib.get_close_matches(name.removeprefix(PREFIX), choices, n=1, cutoff=0.5)
    return f": did you mean {choices[nearest[0]]}?" if nearest else f"; known are {', '.join(sorted(known))}"
