"""F09: `kill -9` of the Jupyter server; nothing acknowledged is lost, a retry gives one run, streams go on."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client

from tests.faults.harness.points import Points
from tests.faults.harness.trial import Trial
from tests.support.server import Server, free_port
from tests.support.waiting import eventually


@pytest.mark.parametrize("fault", ["create.before_commit=kill9", "create.after_commit=kill9"])
def test_a_retried_request_gives_one_run(
    serve: Callable[..., Server], points: Points, tmp_path: Path, fault: str
) -> None:
    port = free_port()
    first = serve(port=port, env=points.environment)
    trial = Trial(first, tmp_path)
    trial.client.headers["Idempotency-Key"] = "the-same"
    with points.armed(fault), pytest.raises(httpx.TransportError):
        trial.start()
    first.process.wait()
    second = serve(port=port, env=points.environment)
    trial.server = second
    trial.start()
    trial.check()
    runs = trial.client.get(f"/threads/{trial.thread}/runs").json()
    assert [run["run_id"] for run in runs] == [trial.run["run_id"]]


def test_an_sdk_stream_goes_on_over_a_restart(serve: Callable[..., Server], tmp_path: Path) -> None:
    port = free_port()
    first = serve(port=port)
    trial = Trial(first, tmp_path, hold="c")
    seen: list[tuple[str | None, str, object]] = []
    failure: list[BaseException] = []

    async def follow() -> None:
        async with get_client(url=first.api_url, api_key=first.token) as client:
            async for part in client.runs.stream(trial.thread, "async", input=trial.input, stream_mode=["updates"]):
                seen.append((part.id, part.event, part.data))

    def work() -> None:
        try:
            asyncio.run(follow())
        except BaseException as error:
            failure.append(error)

    reader = threading.Thread(target=work)
    reader.start()
    trial.reached("c")
    eventually(lambda: len(seen) >= 3)
    first.kill()
    trial.release()
    serve(port=port)
    reader.join(40)
    assert not reader.is_alive()
    assert failure == []
    nodes = [next(iter(data)) for _, event, data in seen if event == "updates"]  # type: ignore[call-overload]
    assert nodes == list("abcde"), seen
    ids = [id for id, _, _ in seen]
    assert len(ids) == len(set(ids))


def test_a_pending_run_goes_on_after_a_restart(serve: Callable[..., Server], tmp_path: Path) -> None:
    port = free_port()
    first = serve(port=port)
    trial = Trial(first, tmp_path, hold="c").start()
    behind = Trial(first, tmp_path)
    behind.thread = trial.thread
    behind.start()
    trial.reached("c")
    first.kill()
    trial.release()
    second = serve(port=port)
    trial.server = behind.server = second
    assert trial.ended() == "success"
    assert behind.ended() == "success"
    assert all(1 <= n <= 2 for n in trial.effects().values())
