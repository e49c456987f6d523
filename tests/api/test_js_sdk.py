"""The JavaScript SDK against our server."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from wire.address import Api

PACKAGE = "@langchain/langgraph-sdk"
SCRIPT = Path(__file__).parent / "js" / "talk.mjs"


@pytest.fixture(scope="module")
def node_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the JavaScript SDK is installed."""
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDK needs Node.js")
    folder = tmp_path_factory.mktemp("node")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, timeout=150, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-300:]}")
    return folder


@pytest.fixture(scope="module")
def seen(node_project: Path, api: Api) -> Any:
    """What the script saw."""
    script = shutil.copy(SCRIPT, node_project / "talk.mjs")
    environment = {**os.environ, "API_URL": api.url, "API_KEY": api.key}
    done = subprocess.run(["node", script], env=environment, timeout=90, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
