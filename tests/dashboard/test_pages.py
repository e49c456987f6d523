"""The dashboard as people see it: a real server, a real worker, a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Desk, Tab
from tests.support.waiting import eventually

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script><b onclick=alert(1)>bold</b>'


def row(page: Page, run: dict[str, Any]) -> Any:
    return page.locator(f"tr[data-id='{run['run_id']}']")


def status_of(page: Page) -> Any:
    return page.locator(".headline .pill")


def node(page: Page, name: str) -> Any:
    return page.locator(f".react-flow__node[data-id='{name}']")


def test_the_list_shows_a_run_from_start_to_end(desk: Desk, tab: Tab) -> None:
    page = tab.open()
    expect(page.locator(".feed-live")).to_be_visible()
    run = desk.start("finches", held=True)
    expect(row(page, run).locator("[data-key=status]")).to_have_text("running")
    expect(row(page, run).locator("[data-key=graph]")).to_have_text("desk")
    expect(row(page, run).locator("[data-key=attempt]")).to_have_text("1")
    desk.release()
    expect(row(page, run).locator("[data-key=status]")).to_have_text("needs answer")


def test_the_list_is_filtered_by_the_server_and_the_filter_is_in_the_address(desk: Desk, tab: Tab) -> None:
    failed = desk.start("nothing", graph="failing")
    other = desk.start("finches")
    page = tab.open()
    expect(row(page, other)).to_be_visible()
    page.get_by_role("group", name="Status").get_by_role("button", name="error").click()
    expect(row(page, failed).locator("[data-key=status]")).to_have_text("error")
    expect(row(page, other)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\?status=error$"))
    page.reload()
    expect(row(page, failed)).to_be_visible()
    expect(row(page, other)).to_have_count(0)


def test_older_runs_are_on_older_pages(desk: Desk, tab: Tab) -> None:
    first = desk.start("first", graph="failing")
    newest = [desk.start(f"later {number}", graph="failing") for number in range(50)][-1]
    page = tab.open("?graph=failing")
    expect(row(page, newest)).to_be_visible()
    expect(row(page, first)).to_have_count(0)
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("button", name="Older").click()
    expect(row(page, first).locator("[data-key=status]")).to_have_text("error")
    expect(row(page, newest)).to_have_count(0)
    page.get_by_role("button", name="Newest").click()
    expect(row(page, newest)).to_be_visible()


def test_a_run_lights_its_graph_and_draws_its_timeline(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches", held=True)
    page = tab.open_run(run)
    expect(node(page, "search")).to_have_class(_has("is-running"))
    expect(node(page, "plan")).to_have_class(_has("is-success"))
    expect(node(page, "write")).to_have_class(_has("is-idle"))
    expect(page.locator(".lane[data-row=search] .barre[data-status=running]")).to_have_count(1)
    desk.release()
    expect(node(page, "review")).to_have_class(_has("is-interrupted"))
    expect(node(page, "write")).to_have_class(_has("is-success"))
    expect(node(page, "plan")).to_contain_text("3 ×")
    expect(page.locator(".lane[data-row=search] .barre[data-status=success]")).to_have_count(2)
    expect(page.locator(".mark-interrupt-created")).to_have_count(1)
    expect(status_of(page)).to_have_text("needs answer")


def test_edges_begin_in_the_middle_of_their_nodes(desk: Desk, tab: Tab) -> None:
    page = tab.open_run(desk.start("finches"))
    expect(node(page, "review")).to_have_class(_has("is-interrupted"))
    edge = page.locator(".react-flow__edge[data-id^='__start__'] .react-flow__edge-path")
    begin = re.match(r"M([\d.]+),([\d.]+)", edge.get_attribute("d") or "")
    place = re.match(r"translate\(([\d.]+)px, ([\d.]+)px\)", node(page, "__start__").evaluate("n => n.style.transform"))
    assert begin
    assert place
    assert float(begin[2]) - float(place[2]) == pytest.approx(24, abs=1)


def test_the_event_log_is_the_stored_one(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches")
    page = tab.open_run(run)
    expect(status_of(page)).to_have_text("needs answer")
    stored = desk.ask("GET", f"runs/{run['run_id']}/events")
    expect(page.locator(".view-events .count")).to_have_text(f"{len(stored)} events")
    shown: dict[int, str] = {}
    log = page.locator(".log")

    def read_on() -> bool:
        for line in page.locator(".event").all():
            shown[int(line.get_attribute("data-version") or 0)] = line.locator(".type").inner_text()
        log.evaluate("log => log.scrollTop += 150")
        return len(shown) == len(stored)

    log.evaluate("log => { log.scrollTop = 0 }")
    eventually(read_on, 10.0, "the whole log")
    assert shown == {event["version"]: event["event_type"] for event in stored}
    log.evaluate("log => { log.scrollTop = 0 }")
    page.locator(".event[data-version='1']").click()
    expect(page.locator(".payload")).to_contain_text(stored[0]["event_id"])


def test_the_form_resumes_the_run_and_the_page_follows(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches")
    page = tab.open_run(run)
    expect(page.locator(".interrupt .question")).to_have_text("Publish the answer to finches?")
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(lambda url: run["run_id"] not in url)
    expect(status_of(page)).to_have_text("success")
    expect(page.locator(".siblings a")).to_have_count(2)
    state = desk.ask("GET", f"threads/{run['thread_id']}/state")
    assert state["values"]["approved"] is True
    expect(page.locator(".view-tree").first).to_contain_text("approved")


def test_an_answer_in_words_arrives_as_it_was_written(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches")
    page = tab.open_run(run)
    page.get_by_text("Answer in words").click()
    page.get_by_role("textbox", name="Answer in words").fill("No “quotes”,\nplease")
    page.locator(".fold[open] .button").click()
    page.wait_for_url(lambda url: run["run_id"] not in url)
    expect(status_of(page)).to_have_text("success")
    state = desk.ask("GET", f"threads/{run['thread_id']}/state")
    assert state["values"]["approved"] == "No “quotes”,\nplease"


def test_words_appear_while_they_are_written(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches", held=True, graph="typing", stream_mode="messages-tuple")
    page = tab.open_run(run)
    expect(page.locator(".message.writing .words")).to_contain_text("word word")
    desk.release()
    expect(page.locator(".message:not(.writing) .words")).to_have_text(re.compile("word done$"))
    expect(status_of(page)).to_have_text("success")
    expect(page.locator(".message")).to_have_count(1)


def test_cancel_ends_a_run(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches", held=True)
    page = tab.open_run(run)
    expect(status_of(page)).to_have_text("running")
    page.get_by_role("button", name="Cancel run").click()
    expect(status_of(page)).to_have_text("interrupted")
    expect(page.get_by_role("button", name="Cancel run")).to_have_count(0)


def test_a_failure_says_what_went_wrong(desk: Desk, tab: Tab) -> None:
    page = tab.open_run(desk.start("whales", graph="failing"))
    expect(status_of(page)).to_have_text("error")
    expect(page.locator(".failure")).to_contain_text("no answer to whales")
    expect(node(page, "fail")).to_have_class(_has("is-error"))


def test_hostile_text_stays_text_in_every_view(desk: Desk, tab: Tab) -> None:
    run = desk.start(HOSTILE)
    failed = desk.start(HOSTILE, graph="failing")
    page = tab.open_run(run)
    expect(page.locator(".interrupt .question")).to_contain_text(HOSTILE)
    expect(page.locator(".message").first).to_contain_text(HOSTILE)
    expect(page.locator(".view-tree").first).to_contain_text(HOSTILE)
    page.locator(".log").evaluate("log => { log.scrollTop = 0 }")
    page.locator(".event[data-version='1']").click()
    page.locator(".payload summary", has_text="kwargs").click()
    page.locator(".payload summary", has_text="input").click()
    expect(page.locator(".payload")).to_contain_text(HOSTILE)
    assert page.evaluate("window.pwned") is None
    tab.open_run(failed)
    expect(page.locator(".failure")).to_contain_text(HOSTILE)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0


def test_threads_and_workers_have_pages(desk: Desk, tab: Tab) -> None:
    run = desk.start("finches", held=True)
    page = tab.open("workers")
    worker = desk.ask("GET", "workers")[0]
    line = page.locator(f"tr[data-id='{worker['worker_id']}']")
    expect(line.locator("[data-key=status]")).to_have_text("alive")
    expect(line.locator(f"a[href='run?id={run['run_id']}']")).to_be_visible()
    desk.release()
    page.get_by_role("link", name="Threads").click()
    page.locator(f"tr[data-id='{run['thread_id']}']").click()
    expect(row(page, run)).to_be_visible()
    expect(page.locator(".view-tree").first).to_contain_text("finches")


def test_an_unknown_run_is_called_so(desk: Desk, tab: Tab) -> None:
    page = tab.open("run?id=nonsense")
    expect(page.locator(".notice")).to_have_text("'nonsense' is not the id of a run")
    tab.open("run?id=0198c0de-0000-7000-8000-000000000000")
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator("main")).to_be_hidden()


def _has(name: str) -> Any:
    return re.compile(rf"\b{name}\b")
