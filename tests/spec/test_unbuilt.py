"""What the specification calls not built yet is not there: when it comes, these files must change first."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import duragraph_ext
from tests.spec.documents import SPEC, load

REPOSITORY = SPEC.parent


def test_no_span_is_made_that_is_not_specified() -> None:
    assert load("observability/traces.yml")["spans"] == {}
    assert "opentelemetry" not in (REPOSITORY / "pyproject.toml").read_text()
    package = Path(duragraph_ext.__file__).parent
    folders = [package, REPOSITORY / "kernel", REPOSITORY / "dashboard"]
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    assert [path for path in sources if re.search(r"^\s*(from|import) opentelemetry", path.read_text(), re.M)] == []


def test_no_request_is_limited() -> None:
    built = find_spec("duragraph_ext.limits") is not None
    assert load("auth/rate-limiting.yml")["built"] == built
