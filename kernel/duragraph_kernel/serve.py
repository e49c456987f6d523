"""Makes a notebook's own kernel a worker: a graph defined in a cell is an API at once."""

import inspect
import logging
import os
import uuid
from hashlib import blake2b
from pathlib import Path
from typing import Any

from langgraph.pregel import Pregel

from duragraph_ext.embedded import read_facts
from duragraph_ext.settings import Duragraph, SettingsError

from .catalogue import Catalogue
from .housed import HousedWorker
from .loader import ServedGraph, compiled
from .process import settings_from
from .worker import Worker, WorkerSettings

log = logging.getLogger(__name__)
START_SECONDS = 20.0


class Serve:
    """A worker in this process that serves one graph, until `stop`.

    Raises SettingsError when no server's data plane is found, TypeError for what is no graph, and what the start
    raises. A worker whose lease was lost (a kernel that was paused) is replaced by a new one.
    """

    def __init__(self, graph: Any, name: str, settings: WorkerSettings | None = None) -> None:
        self.name = name
        self._settings = settings or local_settings(f"notebook-{os.getpid()}-{name}")
        target = compiled(graph, name)
        self._graph = ServedGraph(name, f"<cell>:{name}", _cell_hash(target), target)
        self._stopped = False
        self._housed = self._house()
        self._housed.worker(START_SECONDS)

    @property
    def status(self) -> dict[str, Any]:
        """What the worker is doing."""
        return self._housed.worker(0).status()

    def stop(self, timeout: float = 5.0) -> None:
        """Hand unfinished runs back and serve no more."""
        self._stopped = True
        self._housed.stop()
        self._housed.join(timeout)

    def __repr__(self) -> str:
        state = "served from this kernel" if self._housed.is_alive() else "no longer served"
        return f"<Serve {self.name}: {state}>"

    def _house(self) -> HousedWorker:
        housed = HousedWorker(self._make, self._ended)
        housed.start()
        return housed

    def _make(self) -> Worker:
        catalogue = Catalogue.of_notebook(self._graph)
        return Worker(self._settings, catalogue, quit=self._quit)

    def _quit(self, status: int) -> None:
        """A notebook's kernel is not ended; the worker is, and another takes its place."""
        self._housed.stop()

    def _ended(self, error: BaseException | None) -> None:
        if error is not None:
            log.error("%s is no longer served: %s", self.name, error)
        elif not self._stopped:
            self._housed = self._house()


def local_settings(name: str) -> WorkerSettings:
    """Settings for a worker of the server on this machine. Raises SettingsError when there is none."""
    duragraph = Duragraph()
    if not duragraph.database_url or not duragraph.nats_url:
        facts = read_facts(Path(duragraph.data_dir))
        if facts is None:
            raise SettingsError(
                f"no DuraGraph server runs with the data directory {duragraph.data_dir}: start one, "
                "or name its directory in DURAGRAPH_DATA_DIR"
            )
        duragraph.database_url = facts.dsn
        duragraph.nats_url = facts.nats_url
        duragraph.nats_token_file = str(facts.nats_token_file)
    duragraph.worker_name = name
    return settings_from(duragraph)


def _cell_hash(graph: Pregel[Any, Any, Any, Any]) -> str:
    """Names one version of a graph from a cell: by the source of its nodes, where that can be had."""
    sources: list[Any] = [graph.get_graph().to_json()]
    for node in graph.nodes.values():
        function = getattr(node.bound, "func", None) or getattr(node.bound, "afunc", None)
        try:
            sources.append(inspect.getsource(function) if function is not None else "")
        except (OSError, TypeError):
            sources.append(str(uuid.uuid4()))
    return blake2b(repr(sources).encode(), digest_size=16).hexdigest()
