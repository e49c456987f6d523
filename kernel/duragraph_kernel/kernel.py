"""The worker kernel: Jupyter shows, interrupts and stops it; the worker works on a thread beside."""

import asyncio
import json
import logging
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

from duragraph_ext import __version__
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.settings import SettingsError

from .housed import HousedWorker
from .process import configure_logging, leave, make_worker, prepare
from .project import ProjectError

log = logging.getLogger(__name__)
COMMANDS = "status, drain, kill"
INTERRUPT_SECONDS = 0.5
"""Jupyter interrupts a kernel before it shuts it down: how long an interrupt waits for that."""


class WorkerKernel(Kernel):
    """Executes no code; its cells are the commands `status`, `drain` and `kill`."""

    implementation = "duragraph-worker"
    implementation_version = __version__
    banner = f"DuraGraph worker. Commands: {COMMANDS}"
    language_info: dict[str, object] = {  # noqa: RUF012
        "name": "duragraph",
        "mimetype": "text/plain",
        "file_extension": ".txt",
    }

    def start(self) -> None:
        """Answer Jupyter, and start to work."""
        super().start()  # type: ignore[no-untyped-call]
        configure_logging(logging.WARNING)
        assert self.parent is not None
        kernel_id = Path(self.parent.connection_file).stem.removeprefix("kernel-")
        self._cancelling: asyncio.TimerHandle | None = None
        self._began = datetime.now(UTC)
        self._worker = HousedWorker(lambda: make_worker(*prepare(kernel_id)), _end)
        signal.signal(signal.SIGTERM, self._on_sigterm)
        self._worker.start()

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Answer a command."""
        text = self._answer(code.strip())
        if not silent and text:
            content = {"data": {"text/plain": text}, "metadata": {}}
            self.send_response(self.iopub_socket, "display_data", content)  # type: ignore[no-untyped-call]
        return {
            "status": "ok",
            "execution_count": self.execution_count,
            "payload": [],
            "user_expressions": {},
        }

    async def interrupt_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Cancel every run under way, unless this is how Jupyter begins a shutdown.

        An interrupt from before our time was for a worker that died: Jupyter sends one when it restarts it, to the same
        port.
        """
        if parent["header"]["date"] >= self._began:
            self._cancelling = asyncio.get_running_loop().call_later(INTERRUPT_SECONDS, self._cancel_runs)
        assert self.session is not None
        self.session.send(stream, "interrupt_reply", {"status": "ok"}, parent, ident=ident)

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """Hand the runs back."""
        if self._cancelling is not None:
            self._cancelling.cancel()
        self._worker.stop()
        await asyncio.to_thread(self._worker.join, 2)
        return {"status": "ok", "restart": restart}

    def _cancel_runs(self) -> None:
        if self._is_ready:
            self._worker.ask(lambda worker: worker.cancel_all())

    @property
    def _is_ready(self) -> bool:
        try:
            self._worker.worker(0)
        except (TimeoutError, DuragraphError):
            return False
        return True

    def _answer(self, command: str) -> str:
        if command == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if not self._is_ready:
            return "starting"
        if command == "status":
            return json.dumps(self._worker.worker(0).status(), indent=2)
        if command == "drain":
            self._worker.ask(lambda worker: worker.drain())
            return "draining: no more runs are taken, those under way go on"
        return f"unknown command {command!r}; commands: {COMMANDS}" if command else ""

    def _on_sigterm(self, number: int, frame: FrameType | None) -> None:
        self._worker.stop()


def _end(error: BaseException | None) -> None:
    """The worker has ended, so the kernel has nothing to do: threads of its nodes must not keep it."""
    status = 0
    if isinstance(error, SettingsError | ProjectError | DuragraphError):
        log.error("the worker cannot work: %s", error)
        status = 1
    elif error is not None:
        log.error("the worker failed", exc_info=error)
        status = 1
    leave(status)


def launch() -> None:
    """Run the kernel named by `-f connection.json`."""
    parent = int(os.environ.get("JPY_PARENT_PID") or 0)  # ipykernel read it when it was imported
    # what nodes print and the worker logs is also shown where the server runs
    IPKernelApp.launch_instance(kernel_class=WorkerKernel, parent_handle=parent, quiet=False, capture_fd_output=False)
