"""A real server with the dashboard behind Jupyter's proxy, and a real Chromium in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.support.server import TOKEN, Server
from tests.support.waiting import eventually

GRAPHS = Path(__file__).parent / "graphs" / "langgraph.json"
PATIENCE_MS = 20_000
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Desk:
    """The server, and the graph that tests hold and release."""

    server: Server
    folder: Path
    http: httpx.Client
    gates: list[Path] = field(default_factory=list)

    @property
    def dashboard(self) -> str:
        """The dashboard's address."""
        return f"{self.server.url}duragraph-dashboard/"

    def process(self) -> psutil.Process:
        """The dashboard's own process, which its first page starts."""
        return eventually(self._process, 10.0, "the dashboard's process")  # type: ignore[return-value]

    def _process(self) -> psutil.Process | None:
        children = psutil.Process(self.server.process.pid).children(recursive=True)
        return next((child for child in children if "duragraph_dashboard" in child.cmdline()), None)

    def start(
        self, question: str, *, held: bool = False, graph: str = "desk", stream_mode: str = "values"
    ) -> dict[str, Any]:
        """Start a run; a held one waits until `release`."""
        gate = self.folder / f"gate-{len(self.gates)}"
        self.gates.append(gate)
        if not held:
            gate.touch()
        thread = self.ask("POST", "threads", {})
        given = {"question": question, "gate": str(gate)}
        body = {"assistant_id": graph, "input": given, "stream_mode": stream_mode}
        run: dict[str, Any] = self.ask("POST", f"threads/{thread['thread_id']}/runs", body)
        return run

    def release(self) -> None:
        """Let every run go on."""
        for gate in self.gates:
            gate.touch()

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the API."""
        response = self.http.request(method, path, json=body, params=query)
        assert response.is_success, response.text
        return response.json()


@dataclass
class Tab:
    """A browser tab that notes what must not happen: outside requests, script errors, dialogs."""

    page: Page
    dashboard: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "", *, token: str | None = TOKEN) -> Page:
        """Open a page of the dashboard, signed in by Jupyter's token as a link from the terminal is."""
        sign = "&" if "?" in path else "?"
        self.page.goto(self.dashboard + path + (f"{sign}token={token}" if token else ""))
        return self.page

    def open_run(self, run: dict[str, Any]) -> Page:
        """Open a run's page."""
        return self.open(f"run?id={run['run_id']}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium. For one file: while it runs, so does its event loop, and no other can."""
    binary = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if binary is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(
    chromium: Browser, module_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """One server for a file's tests, under a prefix as JupyterHub gives it."""
    server = module_server(config=GRAPHS, base_url="/user/x/")
    with server.client() as client:
        desk = Desk(server, tmp_path_factory.mktemp("gates"), client)
        yield desk
        desk.release()


@pytest.fixture
def tab(chromium: Browser, desk: Desk) -> Iterator[Tab]:
    """A fresh tab; at its end nothing forbidden must have happened."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    tab = Tab(page, desk.dashboard)
    host = f"http://127.0.0.1:{desk.server.port}/"

    def note_request(request: Request) -> None:
        if not request.url.startswith((host, "blob:", "data:", "about:")):
            tab.faults.append(f"asked {request.url}")

    page.on("request", note_request)
    page.on("pageerror", lambda error: tab.faults.append(f"script error {error}"))
    page.on("dialog", lambda dialog: tab.faults.append(f"dialog {dialog.message}"))
    yield tab
    context.close()
    assert tab.faults == []
