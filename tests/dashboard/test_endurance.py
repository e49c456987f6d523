"""F35 and F36: pages that come and go, and many of them at once."""

from __future__ import annotations

from contextlib import ExitStack

import psutil
import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Desk, Tab
from tests.support.waiting import eventually

CYCLES, WARM = 200, 20
MOST_GROWTH = 20 << 20
"""Bytes by which the dashboard's process may grow once it is warm."""
TABS = 7


def connections(process: psutil.Process) -> int:
    """The dashboard's sockets; one listens."""
    return len(process.net_connections("tcp"))


def left_alone(process: psutil.Process) -> None:
    """Wait until nobody is connected any more."""
    eventually(lambda: connections(process) == 1, 20.0, "only the listening socket")


def test_closed_pages_leave_nothing_behind(desk: Desk, tab: Tab) -> None:
    tab.open()
    process = desk.process()
    tab.page.goto("about:blank")
    left_alone(process)
    for path in ("", "threads", "workers"):
        expect(tab.open(path).locator(".feed-live")).to_be_visible()
    assert connections(process) > 1
    tab.page.goto("about:blank")
    left_alone(process)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_two_hundred_pages_leave_nothing_behind(desk: Desk, tab: Tab) -> None:
    run = desk.start("first")
    tab.open()
    process = desk.process()
    memory: list[int] = []
    for cycle in range(WARM + CYCLES):
        path = ("", "threads", "workers", f"run?id={run['run_id']}")[cycle % 4]
        expect(tab.open(path).locator(".feed-live")).to_be_visible()
        tab.page.goto("about:blank")
        memory.append(process.memory_info().rss)
    left_alone(process)
    assert max(memory) - memory[WARM - 1] < MOST_GROWTH, [size >> 20 for size in memory[WARM - 1 :: 20]]


def test_many_tabs_are_live_at_once(desk: Desk, tab: Tab) -> None:
    """A browser opens about six connections to a server; a page must need none of them for good."""
    with ExitStack() as stack:
        tabs = [Tab(tab.page.context.new_page(), desk.dashboard) for _ in range(TABS)]
        for each in tabs:
            stack.callback(each.page.close)
            expect(each.open().locator(".feed-live")).to_be_visible()
        run = desk.start("seen by all")
        for each in tabs:
            expect(each.page.locator(f"tr[data-id='{run['run_id']}']")).to_be_visible()
        expect(tab.open_run(run).locator(".feed-live")).to_be_visible()
