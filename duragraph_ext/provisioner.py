"""How Jupyter starts a worker kernel: it is forked, and a kernel like all others from then on."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from duragraph_ext.forking import ForkedProcess, Forks, ForkServerGone

log = logging.getLogger(__name__)
KERNEL = ["-m", "duragraph_kernel"]
"""The program that can be forked."""


class ForkingProvisioner(LocalProvisioner):
    """Has a worker kernel forked; where there is no fork server it is started like any other kernel."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel that `cmd` names."""
        try:
            process = await self._fork(cmd, kwargs)
        except ForkServerGone as error:
            log.warning("a worker kernel is started without the fork server: %s", error)
            Forks.ensure()
            return await super().launch_kernel(cmd, **kwargs)
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # type: ignore[assignment]  # it has what Jupyter uses of a Popen
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> ForkedProcess | None:
        forks, own = Forks.current, kwargs.get("env")
        if forks is None or own is None or cmd[1:3] != KERNEL:
            return None
        cwd = kwargs.get("cwd")
        return await asyncio.to_thread(forks.fork, cmd[3:], own, str(cwd) if cwd else None)
