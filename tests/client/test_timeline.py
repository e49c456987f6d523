"""The timeline keeps order and proportion, folds idle time, and shows what is still going on."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from duragraph_ext.client.drawing import Mark, NodeStatus, Row, Span, draw_timeline, duration
from duragraph_ext.client.drawing.timeline import TimeAxis

SVG = "{http://www.w3.org/2000/svg}"


def row(*spans: tuple[float, float | None, NodeStatus]) -> Row:
    return Row("node", tuple(Span(*span) for span in spans))


def bars(svg: str) -> list[tuple[float, str]]:
    found = []
    for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        title = rect.find(f"{SVG}title")
        if title is not None:
            found.append((float(rect.attrib["width"]), str(title.text)))
    return found


def test_bars_are_as_long_as_their_time() -> None:
    svg = draw_timeline([row((0, 1, NodeStatus.DONE), (1, 4, NodeStatus.ERROR))], now=4)
    [(short, first), (long, second)] = bars(svg)
    assert long == pytest.approx(3 * short, rel=0.02)
    assert first == "node: done, 1.0 s"
    assert second == "node: failed, 3.0 s"


def test_an_open_span_grows_to_now() -> None:
    def width(now: float) -> float:
        rows = [row((0, 1, NodeStatus.DONE), (1, None, NodeStatus.RUNNING))]
        first, last = bars(draw_timeline(rows, now=now))
        return last[0] / first[0]

    assert width(3) == pytest.approx(2, rel=0.02)
    assert width(5) == pytest.approx(4, rel=0.02)


def test_a_long_wait_for_a_person_is_folded() -> None:
    rows = [row((0, 1, NodeStatus.DONE), (1, 1000, NodeStatus.INTERRUPTED), (1000, 1001, NodeStatus.DONE))]
    axis = TimeAxis(rows, 1001, 0, 864)
    assert axis.x(1) == pytest.approx(400)
    assert axis.x(1000) == pytest.approx(464)
    assert axis.x(1001) == pytest.approx(864)
    assert all(not 1 < tick < 1000 for tick in axis.ticks())
    assert "nothing ran for 16 m 39 s" in draw_timeline(rows, now=1001)


def test_time_never_runs_backwards() -> None:
    rows = [row((0.5, 2, NodeStatus.DONE), (50, 51, NodeStatus.DONE), (300, None, NodeStatus.RUNNING))]
    axis = TimeAxis(rows, 302, 100, 800)
    places = [axis.x(moment / 4) for moment in range(4 * 302)]
    assert places == sorted(places)
    assert places[0] >= 100
    assert axis.x(302) == pytest.approx(800)


def test_losses_are_marked_and_texts_escaped() -> None:
    svg = draw_timeline(
        [Row("<b>", (Span(0, 1, NodeStatus.LOST, "<i>"),))], now=1, marks=[Mark(1, "<lost>", NodeStatus.LOST)]
    )
    assert "&lt;lost&gt;" in svg
    assert "<b>" not in svg
    assert "<i>" not in svg


def test_an_empty_timeline_is_a_picture_too() -> None:
    ElementTree.fromstring(draw_timeline([], now=0))


def test_rows_beyond_the_limit_are_counted() -> None:
    rows = [Row(f"node {index}", (Span(0, 1, NodeStatus.DONE),)) for index in range(45)]
    assert "and 5 more rows" in draw_timeline(rows, now=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 ms"),
        (0.0834, "83 ms"),
        (0.9996, "1.0 s"),
        (1.44, "1.4 s"),
        (59.97, "1 m 00 s"),
        (125, "2 m 05 s"),
        (11520, "3 h 12 m"),
    ],
)
def test_durations_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words
