"""`jupyter duragraph demo`: JupyterLab with the demo's notebook, graph and corpus."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from traitlets import Bool, Int, Unicode
from traitlets.config import Config

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.forking import Forks
from duragraph_ext.lean import lean_imports
from duragraph_ext.resources import PACKAGE, notebooks_dir
from duragraph_ext.settings import setting_names

NOTEBOOK = "demo.ipynb"
COPY = "duragraph-demo.ipynb"
EXTENSIONS = {"jupyterlab": True, "panel.io.jupyter_server_extension": False}
"""Panel's own takes 3 s to import, and the dashboard, which is a process of its own, does without it."""


class Demo(Command):
    """Open JupyterLab with the demo."""

    name = "duragraph-demo"
    description = (
        "Open JupyterLab with the demo notebook and the dashboard, or print their address. "
        "Needs no key: without a provider's key in the environment a deterministic model answers. "
        f"The notebook is copied to {COPY} in this folder if it is not there yet."
    )
    port = Int(0, min=0, max=65535, help="Port to listen on. Default: the first free one from 8888.").tag(config=True)
    ip = Unicode("", help="Address to listen on. Default: this machine only.").tag(config=True)
    browser = Bool(True, help="Open a browser.").tag(config=True)
    aliases = {
        "port": "Demo.port",
        "ip": "Demo.ip",
        **options_for(*(name for name in setting_names() if name not in ("worker_name", "langgraph_config"))),
    }
    flags: dict[str, Any] = {"no-browser": ({"Demo": {"browser": False}}, "Print the address only.")}

    def start(self) -> None:
        """Copy the notebook and start JupyterLab."""
        super().start()
        copy = Path.cwd() / COPY
        if not copy.exists():
            try:
                shutil.copyfile(notebooks_dir() / NOTEBOOK, copy)
            except OSError as error:
                self.fail(f"cannot write {copy} ({error.strerror}): run this in a folder of yours")
        Forks.ensure()
        with lean_imports():
            from jupyterlab.labapp import LabApp

        self.clear_instance()  # there is one Jupyter application in a process: the server
        server = LabApp.make_serverapp(jpserver_extensions=EXTENSIONS, config=self.lab_config())
        server.initialize(argv=[], starter_extension=LabApp.name)
        server.start()

    def lab_config(self) -> Config:
        """What JupyterLab is told; its own configuration files are read as well."""
        config = Config(
            {
                "LabApp": {"default_url": f"/lab/tree/{COPY}", "open_browser": self.browser},
                "ServerApp": {"root_dir": str(Path.cwd()), "open_browser": self.browser, "allow_root": True},
                "Duragraph": self.config.Duragraph,
            }
        )
        config.Duragraph.langgraph_config = str(PACKAGE / "demo" / "langgraph.json")
        if self.port:
            config.ServerApp.port = self.port
        if self.ip:
            config.ServerApp.ip = self.ip
        return config
