"""Crons and webhooks through the SDK, and what the reference answers with a 500 or swallows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import SyncLangGraphClient

from tests.support.waiting import eventually

GOOD = {"assistant_id": "chain", "schedule": "0 0 1 1 *"}
WEBHOOK = "https://93.184.216.34/hook?token=canary"


@pytest.fixture(autouse=True)
def _no_cron_is_left(http: httpx.Client) -> Iterator[None]:
    yield
    for cron in http.post("/runs/crons/search", json={"limit": 1000}).json():
        http.delete(f"/runs/crons/{cron['cron_id']}")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"schedule": "0 0 1 1 *"}, "assistant_id"),
        ({"assistant_id": "chain"}, "schedule"),
        ({**GOOD, "end_time": "garbage"}, "end_time"),
        ({**GOOD, "end_time": "9999-12-31T23:59:59-23:00"}, "end_time"),
        ({**GOOD, "timezone": ""}, "timezone"),
        ({**GOOD, "timezone": "../../etc/passwd"}, "timezone"),
        ({**GOOD, "multitask_strategy": "x"}, "multitask_strategy"),
        ({**GOOD, "schedule": "R * * * *"}, "schedule"),
        ({**GOOD, "webhook": "http://93.184.216.34/x"}, "https"),
        ({**GOOD, "webhook": "/relative"}, "relative"),
        ({**GOOD, "after_seconds": 1e300}, "after_seconds"),
    ],
)
def test_nonsense_is_refused_with_its_field(http: httpx.Client, body: dict[str, Any], field: str) -> None:
    answer = http.post("/runs/crons", json=body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["detail"]


def test_a_webhook_is_shown_to_its_owner_and_kept_by_a_change(http: httpx.Client) -> None:
    cron = http.post("/runs/crons", json={**GOOD, "webhook": WEBHOOK}).json()
    path = f"/runs/crons/{cron['cron_id']}"
    assert cron["payload"]["webhook"] == WEBHOOK
    assert http.patch(path, json={"enabled": False}).json()["payload"]["webhook"] == WEBHOOK
    assert http.get(path).json()["payload"]["webhook"] == WEBHOOK
    other = "https://93.184.216.34/other"
    assert http.patch(path, json={"webhook": other}).json()["payload"]["webhook"] == other


def test_a_run_shows_the_origin_of_its_webhook(http: httpx.Client) -> None:
    body = {"assistant_id": "chain", "input": {}, "webhook": WEBHOOK, "after_seconds": 3600, "on_completion": "keep"}
    run = http.post("/runs", json=body).json()
    assert run["kwargs"]["webhook"] == "https://93.184.216.34"
    assert "canary" not in http.get(f"/runs/{run['run_id']}").text
    assert "canary" not in http.get(f"/runs/{run['run_id']}/events").text


@pytest.mark.parametrize("path", ["/runs", "/runs/wait", "/runs/stream"])
def test_every_way_to_a_run_checks_its_webhook(http: httpx.Client, path: str) -> None:
    answer = http.post(path, json={"assistant_id": "chain", "input": {}, "webhook": "https://169.254.169.254/"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Webhook host blocked: blocked IP range")


def test_the_sdks_cron_fires_and_its_runs_succeed(sync_client: SyncLangGraphClient) -> None:
    thread = sync_client.threads.create()["thread_id"]
    cron: Any = sync_client.crons.create_for_thread(
        thread, "chain", schedule="* * * * * *", input={"count": 1}, metadata={"k": "v"}, multitask_strategy="enqueue"
    )
    found = sync_client.crons.search(thread_id=thread)
    assert [each["cron_id"] for each in found] == [cron["cron_id"]]
    assert sync_client.crons.count(thread_id=thread) == 1
    runs = eventually(lambda: sync_client.runs.list(thread, status="success"), 30, "a run that succeeded")
    assert runs[-1]["metadata"]["k"] == "v"
    assert runs[-1]["kwargs"]["config"]["configurable"]["cron_id"] == cron["cron_id"]  # type: ignore[typeddict-item]
    sync_client.crons.update(cron["cron_id"], enabled=False)
    assert sync_client.crons.search(thread_id=thread, enabled=True) == []
    sync_client.crons.delete(cron["cron_id"])
    assert sync_client.crons.search(thread_id=thread) == []
    sync_client.runs.join(thread, sync_client.runs.list(thread)[0]["run_id"])


def test_a_schedule_that_is_never_due_is_refused_as_by_the_reference(http: httpx.Client) -> None:
    for schedule in ("0 0 30 2 *", "0 0 1 1 * 0 2020"):
        answer = http.post("/runs/crons", json={**GOOD, "schedule": schedule})
        assert (answer.status_code, answer.json()["detail"]) == (400, "failed to find next date")
