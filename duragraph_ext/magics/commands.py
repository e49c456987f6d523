"""The subcommands of `%duragraph`, one function each."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from duragraph_ext.client.client import Client
from duragraph_ext.client.errors import RunFailed
from duragraph_ext.client.graphs import Graph
from duragraph_ext.client.runs import Run
from duragraph_ext.client.threads import Thread
from duragraph_ext.magics.arguments import nearest
from duragraph_ext.magics.body import read_input
from duragraph_ext.magics.report import Status
from duragraph_ext.magics.session import Session, is_graph

if TYPE_CHECKING:
    from pandas import DataFrame

Row = dict[str, Any]


class Told(str):
    """A sentence that a cell shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


class Commands:
    """What the magics do, in one shell with one session."""

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        self._shell = shell
        self._session = session
        self._by_name: dict[str, Callable[[Namespace, str | None], Any]] = {
            "status": self.status,
            "runs": self.runs,
            "run": self.run,
            "watch": self.watch,
            "graph": self.graph,
            "serve": self.serve,
            "stop": self.stop,
            "kill-worker": self.kill_worker,
            "connect": self.connect,
        }

    def __call__(self, command: str, arguments: Namespace, body: str | None) -> Any:
        """Do one subcommand; only `run` takes a cell's body."""
        if body is not None and command != "run":
            raise UsageError(f"%%duragraph {command} takes no body; write %duragraph {command}")
        return self._by_name[command](arguments, body)

    def status(self, _: Namespace, __: str | None) -> Status:
        """Report on the server."""
        client = self._session.client
        aio = client.aio
        return Status(
            client.url,
            client.discovery.why,
            client.call(aio.info()),
            client.call(aio.graphs()),
            client.call(aio.workers()),
            client.call(aio.queue()),
        )

    def runs(self, arguments: Namespace, _: str | None) -> DataFrame:
        """List the latest runs."""
        client = self._session.client
        if arguments.graph is not None:
            self._check_graph(client, arguments.graph)
        return client.runs(status=arguments.status, graph=arguments.graph, limit=arguments.limit)

    def run(self, arguments: Namespace, body: str | None) -> None:
        """Start a run and show it live."""
        if body is not None and arguments.input is not None:
            raise UsageError("%%duragraph run: the input is the body, or --input, not both")
        if arguments.name is not None and not arguments.name.isidentifier():
            raise UsageError(f"--as {arguments.name!r}: a variable's name is needed")
        text = body if body is not None else arguments.input
        given = {} if text is None else self._value(text)
        client = self._session.client
        self._check_graph(client, arguments.graph)
        run = client.run(
            arguments.graph,
            given,
            thread=self._thread(arguments.thread),
            config=self._value(arguments.config),
            context=self._value(arguments.context),
            interrupt_before=arguments.interrupt_before,
            interrupt_after=arguments.interrupt_after,
            key=arguments.key,
        )
        self._show(client, run, arguments.graph, arguments.name)
        if arguments.wait:
            self._wait(run, arguments.timeout)

    def _wait(self, run: Run, timeout: float | None) -> None:
        try:
            run.wait(timeout)
        except RunFailed as error:
            raise UsageError(f"the run failed: {error}") from error
        except TimeoutError as error:
            raise UsageError(f"the run has not ended within {timeout:g} s; it goes on") from error

    def watch(self, arguments: Namespace, _: str | None) -> None:
        """Show a run live that was started elsewhere."""
        client = self._session.client
        held = self._shell.user_ns.get(arguments.run)
        run = held if isinstance(held, Run) else client.get_run(arguments.run)
        self._show(client, run, run.graph_id, arguments.name)

    def _show(self, client: Client, run: Run, graph: str, name: str | None) -> None:
        """Display the live view, and make the run `_` and the variable that was asked for."""
        from duragraph_ext.magics.view import LiveView

        LiveView(client, run, graph).show()
        if name is not None:
            self._shell.user_ns[name] = run
        if self._shell.displayhook is not None:
            self._shell.displayhook.update_user_ns(run)  # type: ignore[no-untyped-call]

    def graph(self, arguments: Namespace, _: str | None) -> Graph:
        """Draw a graph."""
        client = self._session.client
        self._check_graph(client, arguments.graph)
        return client.graph(arguments.graph, xray=arguments.xray)

    def serve(self, arguments: Namespace, _: str | None) -> Any:
        """Make this kernel a worker for a graph in a variable."""
        from duragraph_kernel.serve import Serve

        graph = self._variable(arguments.graph)
        if not is_graph(graph):
            raise UsageError(f"{arguments.graph} is a {type(graph).__name__}, no graph")
        name = arguments.name or arguments.graph
        self._stop(name)
        try:
            serving = Serve(graph, name)
        except Exception as error:
            raise UsageError(f"{arguments.graph} is not served: {error or type(error).__name__}") from error
        self._session.serving[name] = serving
        return serving

    def stop(self, arguments: Namespace, _: str | None) -> Told:
        """Stop serving graphs from this kernel."""
        serving = self._session.serving
        if arguments.name is not None and arguments.name not in serving:
            raise UsageError(f"this kernel does not serve {arguments.name!r}{nearest(arguments.name, serving)}")
        names = [arguments.name] if arguments.name is not None else list(serving)
        for name in names:
            self._stop(name)
        return Told(f"stopped: {', '.join(names)}" if names else "this kernel serves nothing")

    def _stop(self, name: str) -> None:
        serving = self._session.serving.pop(name, None)
        if serving is not None:
            serving.stop()

    def kill_worker(self, arguments: Namespace, _: str | None) -> Told:
        """SIGKILL a worker."""
        client = self._session.client
        workers = [row for row in client.call(client.aio.workers()) if row["status"] == "alive"]
        worker = self._choose_worker(workers, arguments.name)
        client.call(client.aio.kill_worker(str(worker["worker_id"])))
        held = f"; it held {', '.join(map(str, worker['runs']))}" if worker["runs"] else ""
        return Told(f"killed worker {worker['name']}, process {worker['pid']}{held}")

    @staticmethod
    def _choose_worker(workers: list[Row], name: str | None) -> Row:
        names = [str(row["name"]) for row in workers]
        if name is not None:
            for row in workers:
                if name in (str(row["name"]), str(row["worker_id"])):
                    return row
            raise UsageError(f"no worker {name!r} is alive{nearest(name, names)}")
        working = [row for row in workers if row["runs"]]
        for found in (working, workers):
            if len(found) == 1:
                return found[0]
        if not workers:
            raise UsageError("no worker is alive")
        raise UsageError(f"which one? Alive are {', '.join(names)}")

    def connect(self, arguments: Namespace, _: str | None) -> Any:
        """Choose the server, or say which is used and why."""
        if arguments.url is None:
            return self._session.client.discovery
        token = arguments.token_variable
        secret = None
        if token is not None:
            secret = str(self._shell.user_ns.get(token) or os.environ.get(token) or "")
            if not secret:
                raise UsageError(f"neither a variable nor the environment has {token}")
        return self._session.connect(arguments.url, secret).discovery

    def _check_graph(self, client: Client, name: str) -> None:
        """Name the nearest graph for a name that no graph has; an assistant's id passes."""
        names = client.graph_names()
        if name in names or name.count("-") == 4:
            return
        known = f" (there are {', '.join(names)})" if names else " (no graph is served)"
        raise UsageError(f"no graph {name!r}{nearest(name, names)}{known}")

    def _thread(self, given: str | None) -> str | None:
        """A thread's id: from a variable with a Thread or a Run, else the text itself."""
        held = self._shell.user_ns.get(given) if given is not None else None
        if isinstance(held, Thread | Run):
            return held.thread_id
        return held if isinstance(held, str) else given

    def _value(self, text: str | None) -> Any:
        return None if text is None else read_input(text, self._shell.user_ns)

    def _variable(self, name: str) -> Any:
        names = self._shell.user_ns
        if name not in names:
            raise UsageError(f"there is no variable {name}{nearest(name, names)}")
        return names[name]
