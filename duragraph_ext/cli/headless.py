"""The Jupyter server that `serve` runs; imported by it alone, for it takes its time."""

from __future__ import annotations

import os
import signal

from jupyter_core.paths import jupyter_path, jupyter_runtime_dir
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from duragraph_ext.app import DuragraphApp
from duragraph_ext.embedded.layout import LONGEST_SOCKET_PATH

_LONGEST_KERNEL_SOCKET = "kernel-00000000-0000-0000-0000-000000000000-ipc-1"


class HeadlessServer(ServerApp):
    """A Jupyter server with our extension only, which stops at the first Ctrl-C."""

    @classmethod
    def prepared(cls, config: Config) -> HeadlessServer:
        """The server, listening as soon as it is started. Jupyter's own configuration files are read too."""
        extensions = {"duragraph_ext": True, "jupyter_server_proxy": True}
        config.ServerApp.jpserver_extensions = extensions
        config.ServerApp.open_browser = False
        config.ServerApp.allow_root = True
        socket = os.path.join(jupyter_runtime_dir(), _LONGEST_KERNEL_SOCKET)
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            config.KernelManager.transport = "ipc"  # closed to other users, unlike TCP ports
        server: HeadlessServer = cls.instance(config=config)
        server.initialize(argv=[], find_extensions=False)
        assert server.kernel_spec_manager
        server.kernel_spec_manager.kernel_dirs = jupyter_path("kernels")  # to add IPython's own, it would be imported
        return server

    @property
    def duragraph(self) -> DuragraphApp:
        """Our extension."""
        app: DuragraphApp = self.extension_manager.extension_points["duragraph"].app
        return app

    def init_signal(self) -> None:
        """Stop without a question."""
        super().init_signal()
        signal.signal(signal.SIGINT, self._signal_stop)
