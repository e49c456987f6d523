"""A killed server: pages say that they are cut off, and live again without being touched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.dashboard.conftest import GRAPHS, Desk
from tests.support.server import TOKEN, Server, free_port
from tests.support.waiting import eventually


@pytest.fixture
def own_dashboard(duragraph_server: Callable[..., Server]) -> Iterator[tuple[Server, str]]:
    """A server, and a dashboard that does not end with it."""
    server = duragraph_server(config=GRAPHS)
    port = free_port()
    command = [sys.executable, "-m", "duragraph_dashboard", "--port", str(port), "--api-url", server.api_url]
    with subprocess.Popen(command) as process:
        try:
            yield server, f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


@pytest.mark.slow
def test_pages_survive_a_killed_server(
    chromium: Browser, own_dashboard: tuple[Server, str], duragraph_server: Callable[..., Server], tmp_path: Path
) -> None:
    server, address = own_dashboard
    context = chromium.new_context(extra_http_headers={"Authorization": f"token {TOKEN}"})
    watching, proxied = context.new_page(), context.new_page()

    def answers() -> bool:
        return bool(watching.request.get(f"{address}assets/icon.svg", fail_on_status_code=False).ok)

    eventually(lambda: _quietly(answers), 20.0, "the dashboard's own process")
    watching.goto(address)
    proxied.goto(f"{server.url}duragraph-dashboard/?token={TOKEN}")
    for page in (watching, proxied):
        expect(page.locator(".feed-live")).to_be_visible()

    server.kill()
    expect(watching.locator(".feed-reconnecting")).to_be_visible()
    expect(proxied.locator("html.disconnected .lost-page")).to_be_visible()

    again = duragraph_server(config=GRAPHS, port=server.port, data_dir=server.data_dir)
    for page in (watching, proxied):
        expect(page.locator("html:not(.disconnected) .feed-live")).to_be_visible()
    with again.client() as client:
        run = Desk(again, tmp_path, client).start("after the restart")
    for page in (watching, proxied):
        row = page.locator(f"tr[data-id='{run['run_id']}']")
        expect(row.locator("[data-key=status]")).to_have_text("needs answer")
    context.close()


def _quietly(answers: Callable[[], bool]) -> bool:
    try:
        return answers()
    except Error:
        return False
