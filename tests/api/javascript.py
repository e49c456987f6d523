"""The JavaScript SDK: installing a release, running a script with it, and recording what the reference answers.

python tests/api/javascript.py --url http://127.0.0.1:2024
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from wire.masking import Mask

RELEASES = ("1.15.0", "2.0.0")
SCRIPTS = Path(__file__).parent / "js"
RECORDED = Path(__file__).parent / "recorded" / "js" / "breadth.json"
"""Both releases give the same with the reference."""


def install(folder: Path, release: str) -> Path:
    """Install a release of the SDK in a folder; skips the test where that cannot be."""
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDK needs Node.js")
    package = f"@langchain/langgraph-sdk@{release}"
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), package]
    done = subprocess.run(command, timeout=150, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"npm could not install {package}: {done.stderr.strip()[-300:]}")
    return folder


def run(project: Path, script: str, url: str, key: str) -> Any:
    """Run one of our scripts where the SDK is installed; the JSON that it prints."""
    copied = shutil.copy(SCRIPTS / script, project / script)
    environment = {**os.environ, "API_URL": url, "API_KEY": key}
    done = subprocess.run(["node", copied], env=environment, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def breadth(project: Path, url: str, key: str) -> dict[str, Any]:
    """What every method of the SDK gives, with ids and times masked."""
    mask = Mask({})
    return {name: mask.value(result) for name, result in run(project, "breadth.mjs", url, key)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="the reference's API")
    url = parser.parse_args().url
    records = []
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as folder:
            seen = breadth(install(Path(folder), release), url, "")
        records.append(json.dumps(seen, indent=1, ensure_ascii=False) + "\n")
    assert len(set(records)) == 1, "the releases give different results"
    RECORDED.write_text(records[0])


if __name__ == "__main__":
    main()
