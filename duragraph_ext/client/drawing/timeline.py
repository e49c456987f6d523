"""Draw executions over time as SVG: a row a node, retries and waits to be seen, long idle gaps folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from duragraph_ext.client.drawing.palette import GREY, NODE_TONES, NodeStatus
from duragraph_ext.client.drawing.svg import document, label, number, shorten, text_width

WIDTH = 880.0
ROW = 24.0
BAR = 14.0
TOP = 12.0
BOTTOM = 26.0
LABEL_MOST = 190.0
RIGHT = 66.0
FOLD = 64.0
"""Width of a folded gap, in pixels."""
LEAST_BAR = 2.5
MOST_ROWS = 40
MOST_BARS = 600
TICKS = 7
_RESTING = (NodeStatus.WAITING, NodeStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts: seconds since the timeline's start, no end while it still goes on."""

    start: float
    end: float | None
    status: NodeStatus
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the timeline."""

    label: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth a vertical line, such as a worker's loss."""

    at: float
    title: str
    status: NodeStatus


def duration(seconds: float) -> str:
    """A length of time for people: `83 ms`, `1.4 s`, `2 m 05 s`, `3 h 12 m`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} m {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} m"


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: float
    end: float
    left: float
    right: float
    folded: bool


class TimeAxis:
    """Seconds to pixels; stretches in which nothing works are folded when they are long."""

    def __init__(self, rows: Sequence[Row], now: float, left: float, right: float) -> None:
        self.end = max([now, 0.001, *(span.end or now for row in rows for span in row.spans)])
        busy = _union(
            (span.start, span.end if span.end is not None else now)
            for row in rows
            for span in row.spans
            if span.status not in _RESTING
        )
        working = sum(end - start for start, end in busy)
        gaps = [gap for gap in _gaps(busy, self.end) if gap[1] - gap[0] > max(3.0, working * 0.6) and working > 0]
        folded = sum(end - start for start, end in gaps)
        scale = max(right - left - FOLD * len(gaps), 1.0) / max(self.end - folded, 0.001)
        self.stretches: list[_Stretch] = []
        at, x = 0.0, left
        for start, end in [*gaps, (self.end, self.end)]:
            if start > at:
                width = (start - at) * scale
                self.stretches.append(_Stretch(at, start, x, x + width, folded=False))
                x += width
            if end > start:
                self.stretches.append(_Stretch(start, end, x, x + FOLD, folded=True))
                x += FOLD
            at = end

    def x(self, seconds: float) -> float:
        """The place of a moment, in pixels."""
        for stretch in self.stretches:
            if seconds <= stretch.end:
                length = max(stretch.end - stretch.start, 1e-9)
                part = min(max((seconds - stretch.start) / length, 0.0), 1.0)
                return stretch.left + part * (stretch.right - stretch.left)
        return self.stretches[-1].right

    def ticks(self) -> list[float]:
        """Round moments outside the folded stretches."""
        open_length = sum(item.end - item.start for item in self.stretches if not item.folded)
        step = _round_step(open_length / TICKS)
        moments = [index * step for index in range(int(self.end / step) + 1)] if self.end / step < 500 else []
        return [moment for moment in moments if not any(self._in_fold(moment, s) for s in self.stretches)]

    @staticmethod
    def _in_fold(moment: float, stretch: _Stretch) -> bool:
        return stretch.folded and stretch.start < moment < stretch.end


def draw_timeline(rows: Sequence[Row], now: float, *, marks: Sequence[Mark] = (), title: str = "timeline") -> str:
    """Draw rows of spans as inline SVG; `now` (seconds since the start) is where open spans end."""
    hidden_rows = len(rows) - MOST_ROWS
    shown = list(rows[:MOST_ROWS])
    left = min(LABEL_MOST, max([60.0, *(text_width(shorten(row.label, 30), 11.5) + 18 for row in shown)]))
    axis = TimeAxis(rows, now, left, WIDTH - RIGHT)
    height = TOP + ROW * len(shown) + BOTTOM
    floor = TOP + ROW * len(shown)
    body = [_grid(axis, floor)]
    for index, row in enumerate(shown):
        body.append(_row(axis, row, TOP + ROW * index, left, now))
    body += [_mark(axis, mark, floor) for mark in marks]
    body += [_fold(stretch, floor) for stretch in axis.stretches if stretch.folded]
    if hidden_rows > 0:
        height += 16
        body.append(label(left, height - 5, f"and {hidden_rows} more rows", size=10.5, opacity=0.7))
    return document(WIDTH, height, title, body, scale_up=True)


def _row(axis: TimeAxis, row: Row, top: float, left: float, now: float) -> str:
    middle = top + ROW / 2
    parts = [
        f"<g><title>{escape(row.label)}</title>",
        label(left - 8, middle + 4, shorten(row.label, 30), size=11.5, anchor="end"),
        "</g>",
    ]
    parts += [_bar(axis, row, span, middle, now) for span in row.spans[-MOST_BARS:]]
    if row.spans:
        last = row.spans[-1]
        end = axis.x(last.end if last.end is not None else now)
        working = [span for span in row.spans if span.status not in _RESTING] or list(row.spans)
        total = sum((span.end if span.end is not None else now) - span.start for span in working)
        words = duration(max(total, 0.0)) + (f" ×{len(working)}" if len(working) > 1 else "")
        parts.append(label(end + 6, middle + 3.6, words, size=10, opacity=0.75))
    return "".join(parts)


def _bar(axis: TimeAxis, row: Row, span: Span, middle: float, now: float) -> str:
    tone = NODE_TONES[span.status]
    end = span.end if span.end is not None else max(now, span.start)
    x, width = axis.x(span.start), max(axis.x(end) - axis.x(span.start), LEAST_BAR)
    size = 6.0 if span.status in _RESTING else BAR
    dash = ' stroke-dasharray="3 2"' if span.status in (NodeStatus.LOST, NodeStatus.WAITING) else ""
    fill = {NodeStatus.LOST: "0.2", NodeStatus.WAITING: "0.18"}.get(span.status, "0.75")
    pulse = (
        '<animate attributeName="fill-opacity" values="0.75;0.4;0.75" dur="1.4s" repeatCount="indefinite"/>'
        if span.status is NodeStatus.RUNNING
        else ""
    )
    words = f"{row.label}: {tone.word}, {duration(max(end - span.start, 0.0))}"
    words += f"\n{span.title}" if span.title else ""
    return (
        f'<rect x="{number(x)}" y="{number(middle - size / 2)}" width="{number(width)}"'
        f' height="{number(size)}" rx="2.5" fill="{tone.colour}" fill-opacity="{fill}"'
        f' stroke="{tone.colour}" stroke-width="1"{dash}>{pulse}<title>{escape(words)}</title></rect>'
    )


def _grid(axis: TimeAxis, floor: float) -> str:
    parts = []
    last = -100.0
    folds = [(stretch.left + stretch.right) / 2 for stretch in axis.stretches if stretch.folded]
    for moment in axis.ticks():
        x = axis.x(moment)
        parts.append(
            f'<line x1="{number(x)}" y1="{number(TOP - 4)}" x2="{number(x)}" y2="{number(floor)}"'
            f' stroke="{GREY}" stroke-opacity="0.25"/>'
        )
        if x - last > 48 and not any(abs(x - middle) < FOLD for middle in folds):
            last = x
            words = "0" if moment == 0 else duration(moment)
            parts.append(label(x, floor + 15, words, size=10, anchor="middle", opacity=0.7))
    return "".join(parts)


def _mark(axis: TimeAxis, mark: Mark, floor: float) -> str:
    x, tone = axis.x(mark.at), NODE_TONES[mark.status]
    return (
        f'<g><title>{escape(mark.title)}</title><line x1="{number(x)}" y1="2" x2="{number(x)}"'
        f' y2="{number(floor)}" stroke="{tone.colour}" stroke-width="1.3" stroke-dasharray="2 3"/>'
        f"{label(x, 9, tone.glyph, size=11, anchor='middle', fill=tone.colour)}</g>"
    )


def _fold(stretch: _Stretch, floor: float) -> str:
    words = duration(stretch.end - stretch.start)
    middle, width = (stretch.left + stretch.right) / 2, stretch.right - stretch.left
    return (
        f"<g><title>{escape(f'nothing ran for {words}')}</title>"
        f'<rect x="{number(stretch.left)}" y="{number(TOP - 4)}" width="{number(width)}"'
        f' height="{number(floor - TOP + 4)}" fill="{GREY}" fill-opacity="0.12"/>'
        f"{label(middle, floor + 15, f'⋯ {words}', size=9.5, anchor='middle', opacity=0.7)}</g>"
    )


def _union(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _gaps(busy: Sequence[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    edges = [0.0, *(moment for span in busy for moment in span), end]
    return [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if stop > start]


def _round_step(rough: float) -> float:
    size = 1e-3
    while True:
        for factor in (1, 2, 5):
            if size * factor >= rough:
                return size * factor
        size *= 10
