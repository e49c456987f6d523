"""F38: a webhook's target is down, slow, redirecting or talkative, and the server dies before it was called."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import GRAPHS
from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial
from tests.support.hooks import Hooks, hooks
from tests.support.server import Server, free_port
from tests.support.waiting import eventually

HEADERS = {"x-key": "Bearer ${{ env.LG_WEBHOOK_KEY }}"}


@pytest.fixture
def target() -> Iterator[Hooks]:
    with hooks() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The fault graphs, with webhooks that may go to this machine."""
    config = json.loads(GRAPHS.read_text())
    config["webhooks"] = {"url": {"require_https": False, "disable_loopback": False}, "headers": HEADERS}
    folder = tmp_path / "project"
    shutil.copytree(GRAPHS.parent, folder)
    (folder / GRAPHS.name).write_text(json.dumps(config))
    return folder / GRAPHS.name


def start(duragraph_server: Callable[..., Server], project: Path, port: int | None = None) -> Server:
    env = {"DURAGRAPH_LEASE_SECONDS": "2", "LG_WEBHOOK_KEY": "canary"}
    return duragraph_server(config=project, workers=1, env=env, port=port)


def deliveries(server: Server) -> dict[str, tuple[str, str, int]]:
    """Status, error and tries by path."""
    with psycopg.connect(dsn_of(server)) as connection:
        rows = connection.execute("SELECT url, status, last_error, attempts FROM webhook_deliveries").fetchall()
    return {url[url.index("/", 8) :]: (status, error, attempts) for url, status, error, attempts in rows}


@pytest.mark.faults
def test_a_bad_target_blocks_no_run_and_no_other_target(
    duragraph_server: Callable[..., Server], project: Path, tmp_path: Path, target: Hooks
) -> None:
    server = start(duragraph_server, project)
    down = f"http://127.0.0.1:{free_port()}/down"
    urls = [f"{target.url}{path}" for path in ("/slow", "/redirect", "/flood", "/fail/1", "/ok?token=canary")]
    trials = [Trial(server, tmp_path).start(webhook=url) for url in [down, *urls]]
    for trial in trials:
        assert trial.ended() == "success"
    expected = {"/flood": "sent", "/fail/1": "sent", "/ok?token=canary": "sent"}
    eventually(lambda: {path: deliveries(server)[path][0] for path in expected} == expected, 20, "the deliveries")
    (call,) = target.of("/ok?token=canary")
    body = call.json
    assert call.headers["x-key"] == "Bearer canary"
    assert (body["run_id"], body["status"], body["kwargs"]["webhook"]) == (
        trials[-1].run["run_id"],
        "success",
        target.url,
    )
    assert sorted(body["values"]["trail"]) == list("abcde")
    first, second = target.of("/fail/1")
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"].startswith("v1,")
    eventually(lambda: deliveries(server)["/redirect"][1] == "status 302", 20, "the reason")
    eventually(lambda: deliveries(server)["/down"][1] == "ConnectError", 20, "the reason")
    eventually(lambda: deliveries(server)["/slow"][1] == "no answer within 5 s", 20, "the reason")
    assert target.of("/redirected") == []
    refused = trials[0].client.post("/runs", json={"assistant_id": "async", "webhook": "http://169.254.169.254/"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "Webhook host blocked: blocked IP range")
    assert "canary" not in server.log.read_text()
    metrics = trials[0].client.get("/metrics").text
    assert 'duragraph_webhooks_tried_total{result="sent"} 3.0' in metrics
    assert replay_differences(dsn_of(server)) == []


@pytest.mark.faults
def test_a_server_killed_before_the_delivery_delivers_after_its_restart(
    duragraph_server: Callable[..., Server], project: Path, tmp_path: Path, target: Hooks
) -> None:
    port = free_port()
    first = start(duragraph_server, project, port)
    trial = Trial(first, tmp_path).start(webhook=f"{target.url}/fail/1")
    eventually(lambda: target.calls, 30, "the first call")
    first.kill()
    second = start(duragraph_server, project, port)
    trial.server = second
    eventually(lambda: deliveries(second)["/fail/1"][0] == "sent", 60, "the delivery")
    assert len({call.headers["webhook-id"] for call in target.calls}) == 1
    assert len({call.headers["webhook-signature"] for call in target.calls}) == len(target.calls)
    trial.check()
