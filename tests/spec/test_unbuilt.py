"""What the specification calls not built yet is not there: when it comes, these files must change first."""

from __future__ import annotations

import re
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


def test_requests_a_second_are_not_limited() -> None:
    assert load("auth/rate-limiting.yml")["requests_a_second"]["built"] is False
    words = ("X-RateLimit", "token_bucket", "TokenBucket")
    sources = [path.read_text() for path in Path(duragraph_ext.__file__).parent.rglob("*.py")]
    assert not [word for word in words if any(word in source for source in sources)]
