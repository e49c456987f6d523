"""The event streaming protocol, spoken by the JavaScript SDK that has it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from wire.address import Api

PACKAGE = "@langchain/langgraph-sdk@1.15.0"
SCRIPT = Path(__file__).parent / "js" / "protocol.mjs"


def test_it_streams_and_answers_a_question(tmp_path: Path, api: Api) -> None:
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDK needs Node.js")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tmp_path), PACKAGE]
    done = subprocess.run(command, timeout=150, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-300:]}")
    script = shutil.copy(SCRIPT, tmp_path / "protocol.mjs")
    environment = {**os.environ, "API_URL": api.url, "API_KEY": api.key}
    done = subprocess.run(["node", script], env=environment, timeout=90, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["words"][-1] == "The sum is 42 exactly"
    assert seen["last"][0]["text"] == "The sum is 42 exactly"
    assert seen["question"] == {"question": "review", "topic": "tea"}
    assert seen["answers"][-2:] == ["review: green", "finished"]
