"""Every failpoint stands in product code and is armed by a fault test."""

import re
from pathlib import Path

from duragraph_ext.failpoints import POINTS

ROOT = Path(__file__).parents[2]
PASSED = re.compile(r'failpoints\.hit\(f?"([^"]+)"\)')
ARMED = re.compile(r'"([a-z]+\.[a-z_]+)=(?:kill9|raise|pause)')


def test_every_point_is_passed_by_product_code() -> None:
    sources = [*(ROOT / "duragraph_ext").rglob("*.py"), *(ROOT / "kernel").rglob("*.py")]
    passed = {point for source in sources for point in PASSED.findall(source.read_text())}
    generated = {point for point in passed if "{" in point}
    assert generated == {"writer.{moment}_{part}"}
    parts = {f"writer.{moment}_{part}" for moment in ("before", "after") for part in ("write", "checkpoint", "finish")}
    assert (passed - generated) | parts == POINTS


def test_every_point_is_armed_by_a_test() -> None:
    """That an armed point is hit is asserted where it is armed (`Points.armed`, or a process that was killed)."""
    armed = {point for test in Path(__file__).parent.glob("test_*.py") for point in ARMED.findall(test.read_text())}
    assert armed == POINTS
