"""The JavaScript SDK against our server: two releases, every method, and what they give with the reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import javascript
import pytest
from wire.address import Api
from wire.compare import compare, load_deviations

WITH_PROTOCOL = javascript.RELEASES[0]


@pytest.fixture(scope="session", params=javascript.RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A release of the SDK."""
    return str(request.param)


@pytest.fixture(scope="session")
def project(release: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which it is installed."""
    return javascript.install(tmp_path_factory.mktemp("node"), release)


@pytest.fixture(scope="session")
def seen(project: Path, api: Api) -> Any:
    """What the script saw."""
    return javascript.run(project, "talk.mjs", api.url, api.key)


def exchanges(seen: dict[str, Any]) -> list[Any]:
    """Calls and what they gave, as the comparison takes them."""
    return [{"request": {"method": "JS", "path": name}, "response": {"body": given}} for name, given in seen.items()]


def test_every_method_gives_what_it_gives_with_the_reference(project: Path, one_api: Api) -> None:
    recorded = json.loads(javascript.RECORDED.read_text())
    ours = javascript.breadth(project, one_api.url, one_api.key)
    report = compare("js", exchanges(recorded), exchanges(ours), load_deviations())
    if report:
        pytest.fail(f"\n{report}", pytrace=False)


def test_it_streams_values_and_updates(seen: Any) -> None:
    assert [data["count"] for event, data in seen["events"] if event == "values"] == [0, 1, 2, 3]
    assert [next(iter(data)) for event, data in seen["events"] if event == "updates"] == ["a", "b", "c"]


def test_it_streams_tokens(seen: Any) -> None:
    assert seen["words"] == "The sum is 42 exactly"


def test_it_reads_state_and_history(seen: Any) -> None:
    assert seen["state"]["values"] == {"count": 3, "trail": ["a", "b", "c"]}
    assert seen["steps"] == [3, 2, 1, 0, -1]


def test_it_waits_and_answers_an_interrupt(seen: Any) -> None:
    assert (seen["question"], seen["status"]) == ("ask", "interrupted")
    assert seen["answers"] == ["prepared", "ask: green", "finished"]


def test_it_cancels_and_searches(seen: Any) -> None:
    assert seen["cancelled"] == "interrupted"
    assert seen["graphs"] == ["agent"]


def test_a_list_in_a_query_is_a_list(seen: Any) -> None:
    """The reference takes one mode of what 1.15.0 sends, and refuses the selection of 2.0.0."""
    assert seen["joined"] == ["values", "updates"]
    assert seen["selected"] == [["status", "thread_id"]]


@pytest.mark.parametrize("release", [WITH_PROTOCOL], indirect=True, scope="session")
def test_it_speaks_the_protocol(project: Path, api: Api) -> None:
    seen = javascript.run(project, "protocol.mjs", api.url, api.key)
    assert seen["words"][-1] == "The sum is 42 exactly"
    assert seen["last"][0]["text"] == "The sum is 42 exactly"
    assert seen["question"] == {"question": "review", "topic": "tea"}
    assert seen["answers"][-2:] == ["review: green", "finished"]
