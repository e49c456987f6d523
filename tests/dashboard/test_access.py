"""Who may see the dashboard's data, and what happens when the line is cut."""

from __future__ import annotations

import contextlib
import http.client

from playwright.sync_api import expect

from tests.dashboard.conftest import Desk, Tab
from tests.support.server import TOKEN


def port_of(desk: Desk) -> int:
    """The port on which the dashboard's own process listens."""
    words = desk.process().cmdline()
    return int(words[words.index("--port") + 1])


def shake_hands(port: int, path: str, origin: str, cookie: str) -> int:
    """Open the page's websocket as a browser on another page would; returns the answer's status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Origin": origin,
        "Cookie": cookie,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "c29tZS1yYW5kb20tYnl0ZXM=",
        "Sec-WebSocket-Protocol": "bokeh, no-session",
    }
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


def test_the_token_leaves_the_address_and_no_credential_is_in_the_page(desk: Desk, tab: Tab) -> None:
    page = tab.open("?status=error")
    expect(page.locator(".feed-live")).to_be_visible()
    assert "token" not in page.url
    assert page.url.endswith("/?status=error")
    cookies = page.context.cookies()
    assert cookies
    for cookie in cookies:
        assert cookie["httpOnly"] or cookie["name"] == "_xsrf"
        assert cookie["value"] not in page.content()
    assert TOKEN not in page.content()


def test_without_a_credential_there_is_no_data(desk: Desk, tab: Tab) -> None:
    run = desk.start("secret finches")
    tab.open()
    tab.dashboard = f"http://127.0.0.1:{port_of(desk)}/"
    tab.page.context.clear_cookies()
    for path in ("", f"run?id={run['run_id']}", "threads", "workers"):
        page = tab.open(path, token=None)
        expect(page.locator(".feed-signed-out")).to_be_visible()
        expect(page.locator(".notice")).to_contain_text("Jupyter does not know who you are")
        expect(page.locator("main")).to_be_hidden()
        assert "finches" not in page.content()
    tab.faults.clear()  # Its own port is another host to the tab.


def test_jupyters_proxy_asks_for_a_sign_in(desk: Desk, tab: Tab) -> None:
    page = tab.open(token=None)
    assert "/user/x/login" in page.url


def test_a_foreign_page_cannot_open_the_socket(desk: Desk, tab: Tab) -> None:
    cookies = tab.open().context.cookies()
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in cookies)
    proxied = (desk.server.port, "/user/x/duragraph-dashboard/ws")
    direct = (port_of(desk), "/ws")
    for port, path in (proxied, direct):
        host = f"127.0.0.1:{port}"
        assert shake_hands(port, path, f"http://{host}", cookie) == 101
        for origin in ("https://evil.example", f"http://{host}.evil.example", "http://127.0.0.1:1", "null"):
            assert shake_hands(port, path, origin, cookie) == 403, origin


def test_a_killed_dashboard_comes_back_by_itself(desk: Desk, tab: Tab) -> None:
    page = tab.open()
    expect(page.locator(".feed-live")).to_be_visible()
    desk.process().kill()
    expect(page.locator("html.disconnected .lost-page")).to_be_visible()
    expect(page.locator("html:not(.disconnected) .feed-live")).to_be_visible()
    run = desk.start("after the loss")
    expect(page.locator(f"tr[data-id='{run['run_id']}']")).to_be_visible()
    tab.faults.clear()  # The cut connection is a script error of Bokeh's.
