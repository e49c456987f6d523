"""Keep worker kernels alive through Jupyter's own kernel manager, where Lab shows them as running."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.serverapp import ServerApp

from duragraph_ext.embedded.process import without_secrets

KERNEL_NAME = "duragraph-worker"
_LONGEST_PAUSE = 30.0
_DRAIN_SECONDS = 2.0
_RESTART_LOOKS = 150
_STATUS_SECONDS = 2.0
"""How long after its end a process may take to have an exit status."""

log = logging.getLogger(__name__)


class WorkerKernels:
    """Starts `count` workers, each known by a name of ours: a kernel's id may change, the name does not.

    Jupyter's restarter looks every 3 s and gives up after 5 rapid deaths; this one hears of a death at once
    and never gives up. A worker that the user shuts down stays down. `on_end` is told a worker's name, process and
    how it ended; it answers whether that worker had begun to work: one that never does is restarted ever more slowly.
    """

    def __init__(
        self,
        serverapp: ServerApp,
        environment: Callable[[str], dict[str, str]],
        on_end: Callable[[str, int, str], Awaitable[bool]],
    ) -> None:
        self._manager: Any = serverapp.kernel_manager
        self._sessions: Any = serverapp.session_manager
        self._environment = environment
        self._on_end = on_end
        self._keepers: list[asyncio.Task[None]] = []
        self._starting: dict[str, asyncio.Task[None]] = {}
        self._kernels: dict[str, str] = {}
        self.restarts = 0

    def start(self, count: int) -> None:
        """Keep `count` workers from now on."""
        names = [f"worker-{number}" for number in range(1, count + 1)]
        self._keepers = [asyncio.create_task(self._keep(name), name=name) for name in names]

    async def stop(self) -> None:
        """Ask every worker to hand its runs back, wait about 2 s, and end those that still are there."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        if self._starting:  # a start that is cut short would leave Jupyter's manager waiting for it
            await asyncio.wait(self._starting.values(), timeout=_DRAIN_SECONDS)
        await asyncio.gather(*(self._end(kernel_id) for kernel_id in self._kernels.values()))
        self._kernels.clear()

    async def _keep(self, name: str) -> None:
        pause = 0.0
        while True:
            worked = False
            try:
                starting = self._starting[name] = asyncio.create_task(self._start(name))
                await asyncio.shield(starting)
                await self._until_gone(name)
                worked = await self._tell_end(name)
            except Exception:
                log.exception("%s does not start", name)
            if name in self._kernels and self._kernels[name] not in self._manager:
                log.warning("%s was shut down by hand and stays down until the next start", name)
                del self._kernels[name]
                return
            pause = 0.0 if worked else min(_LONGEST_PAUSE, max(0.1, pause * 2))
            log.warning("restarting %s%s", name, f" in {pause:.1f} s" if pause else "")
            self.restarts += 1
            await asyncio.sleep(pause)

    async def _start(self, name: str) -> None:
        if name in self._kernels:
            await ensure_async(self._manager.get_kernel(self._kernels[name]).restart_kernel(now=True))
            return
        kernel_id = await ensure_async(self._manager.start_kernel(kernel_name=KERNEL_NAME, env=self._variables(name)))
        self._kernels[name] = kernel_id
        kernel = self._manager.get_kernel(kernel_id)
        kernel.stop_restarter()
        kernel.autorestart = False
        title = f"DuraGraph {name}"
        await self._sessions.create_session(path=title, name=title, type="console", kernel_id=kernel_id)

    def _variables(self, name: str) -> dict[str, str]:
        return without_secrets(os.environ) | self._environment(name)

    async def _until_gone(self, name: str) -> None:
        """Return when the worker died or was shut down; a restart by the user is not the end."""
        kernel_id = self._kernels[name]
        while kernel_id in self._manager:
            kernel = self._manager.get_kernel(kernel_id)
            pid = kernel.provisioner.pid
            await _exit_of(pid)
            if not kernel.shutting_down:
                return
            await self._until_restarted(kernel_id, pid)

    async def _until_restarted(self, kernel_id: str, old_pid: int) -> None:
        """Wait while Jupyter shuts the kernel down or restarts it, which it tells nobody."""
        for _ in range(_RESTART_LOOKS):
            if kernel_id not in self._manager:
                return
            provisioner = self._manager.get_kernel(kernel_id).provisioner
            if getattr(provisioner, "pid", None) not in (old_pid, None):
                return
            await asyncio.sleep(0.1)

    async def _tell_end(self, name: str) -> bool:
        """Tell how a worker ended; whether it had begun to work."""
        kernel = self._manager.get_kernel(self._kernels[name]) if self._kernels[name] in self._manager else None
        process = getattr(kernel.provisioner, "process", None) if kernel is not None else None
        if process is None:
            return True
        status = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = await asyncio.to_thread(process.wait, _STATUS_SECONDS)
        ending = how_it_ended(status)
        log.warning("%s ended: %s", name, ending)
        return await self._on_end(name, process.pid, ending)

    async def _end(self, kernel_id: str) -> None:
        if kernel_id not in self._manager:
            return
        kernel = self._manager.get_kernel(kernel_id)
        pid = getattr(kernel.provisioner, "pid", None)
        if pid is not None:
            kernel.shutting_down = True
            await ensure_async(kernel.provisioner.send_signal(signal.SIGTERM))
            try:
                await asyncio.wait_for(_exit_of(pid), _DRAIN_SECONDS)
            except TimeoutError:
                log.warning("worker %d did not drain within %.0f s", pid, _DRAIN_SECONDS)
        await ensure_async(self._manager.shutdown_kernel(kernel_id, now=True))


def how_it_ended(status: int | None) -> str:
    """An exit status in words."""
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"


def hide_from_launcher(specs: Any) -> None:
    """Leave our kernel out of what Lab offers: Jupyter knows no hidden kernels, and alone it has no work."""
    list_all = specs.get_all_specs

    def without_ours() -> dict[str, Any]:
        return {name: spec for name, spec in list_all().items() if name != KERNEL_NAME}

    specs.get_all_specs = without_ours


async def _exit_of(pid: int) -> None:
    """Return when the process has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
