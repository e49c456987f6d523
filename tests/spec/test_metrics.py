"""The metrics registry is `spec/observability/metrics.yml`, both ways; every metric moves somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import duragraph_ext
from duragraph_ext.telemetry import metrics
from tests.spec import shapes
from tests.spec.documents import facts_of, load

SPEC = load("observability/metrics.yml")
UNITS = ("total", "seconds", "count", "bytes", "state")
PACKAGE = Path(duragraph_ext.__file__).parent


def test_every_metric_is_specified_as_it_is() -> None:
    assert facts_of(SPEC["metrics"]) == shapes.registry()


def test_the_registry_exposes_exactly_the_specified_metrics() -> None:
    exposed = re.findall(r"^# TYPE (\S+) (\S+)$", metrics.exposition().decode(), re.MULTILINE)
    named = {(name, kind) for name, kind in exposed if not name.endswith("_created")}
    assert named == {(name, metric["type"]) for name, metric in SPEC["metrics"].items()}


def test_every_name_ends_in_its_unit() -> None:
    for name in SPEC["metrics"]:
        assert re.fullmatch(rf"duragraph_[a-z]+_[a-z_]+_({'|'.join(UNITS)})", name), name


def test_every_metric_is_used() -> None:
    sources = [path for path in PACKAGE.rglob("*.py") if path != Path(metrics.__file__)]
    code = "\n".join(path.read_text() for path in sources)
    registered = [name for name, value in vars(metrics).items() if isinstance(value, shapes.MetricWrapperBase)]
    assert [name for name in registered if f"metrics.{name}" not in code] == []
