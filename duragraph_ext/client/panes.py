"""The parts of a run's picture as HTML, for live views, static snapshots and reprs. All text is escaped."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from duragraph_ext.client.drawing import (
    RUN_TONES,
    GraphShape,
    Mark,
    NodeStatus,
    Row,
    Span,
    Tone,
    draw_graph,
    draw_timeline,
    duration,
)
from duragraph_ext.client.drawing.palette import AMBER, FONT, GREY, RED
from duragraph_ext.client.progress import Execution, Progress
from duragraph_ext.client.talk import Message, text_of

LINE = "rgba(128,128,128,.32)"
MOST_TEXT = 12_000
MOST_JSON = 4_000
MOST_MESSAGES = 60
ASIDE = 104
"""Width of the column of names, in pixels."""


def block(body: str, style: str = "") -> str:
    """A block in our face of type."""
    return f'<div style="font:13px/1.45 {escape(FONT)};{style}">{body}</div>'


def badge(tone: Tone, text: str = "") -> str:
    """A status as a pill."""
    words = f"{tone.glyph} {text or tone.word}".strip()
    return (
        f'<span style="display:inline-block;border-radius:10px;padding:0 9px;font-weight:600;'
        f'background:{tone.colour}26;color:{tone.colour};border:1px solid {tone.colour}80">'
        f"{escape(words)}</span>"
    )


def code(text: str, title: str = "") -> str:
    """A short piece of code or an id."""
    hint = f' title="{escape(title)}"' if title else ""
    return f'<code style="font-size:12px;opacity:.85"{hint}>{escape(text)}</code>'


def short(identifier: str) -> str:
    """An id, short enough for a headline: ids made in a row differ at their end."""
    return identifier if len(identifier) <= 13 else f"{identifier[:4]}…{identifier[-6:]}"


def header(progress: Progress, now: float) -> str:
    """Graph, run, status, time, attempt and worker on one line; `now` in seconds of the server's clock."""
    phase = progress.phases[-1] if progress.phases else None
    word = progress.status
    parts = [f"<b>{escape(progress.graph_id or 'run')}</b>"]
    if phase:
        parts.append(code(f"run {short(phase.run_id)}", phase.run_id))
    tone = RUN_TONES.get(word, Tone(GREY, "", word))
    parts.append(badge(tone, "waiting for an answer" if progress.is_paused and progress.questions else ""))
    if progress.trouble:
        parts.append(f'<span style="color:{RED}">not live: {escape(progress.trouble)}</span>')
    elif not progress.connected:
        parts.append(badge(RUN_TONES["reconnecting"]))
    if progress.began is not None and phase:
        end = phase.ended if phase.ended is not None else max(now, progress.began)
        parts.append(f"<span>{escape(duration(end - progress.began))}</span>")
        if phase.attempt > 1:
            parts.append(f'<span style="color:{AMBER}">attempt {phase.attempt}</span>')
        if phase.worker:
            parts.append(f'<span style="opacity:.75">on {escape(phase.worker)}</span>')
    if progress.thread_id:
        parts.append(code(f"thread {short(progress.thread_id)}", progress.thread_id))
    return block("".join(parts), "display:flex;gap:10px;align-items:center;flex-wrap:wrap;padding:4px 0")


def graph(progress: Progress, shape: GraphShape | None) -> str:
    """The graph, lit by what its nodes do; empty when its topology is not known."""
    if shape is None:
        return ""
    title = f"graph {progress.graph_id}"
    picture = draw_graph(shape, progress.node_states(), taken=progress.taken(), title=title)
    return block(picture, "padding:2px 0;overflow-x:auto")


def timeline(progress: Progress, now: float) -> str:
    """The executions over time; empty before the run exists."""
    if progress.began is None:
        return ""
    last = progress.phases[-1]
    until = last.ended if last.ended is not None and not progress.is_paused else now
    marks = [Mark(at - progress.began, text, NodeStatus.LOST) for at, text in progress.losses]
    rows = timeline_rows(progress)
    return block(draw_timeline(rows, max(until - progress.began, 0.0), marks=marks, title="executions"))


def timeline_rows(progress: Progress) -> list[Row]:
    """A row for the waits in the queue, then a row a node in the order of their first start."""
    began = progress.began or 0.0
    waits = [
        Span(start - began, end if end is None else end - began, NodeStatus.WAITING, "in the queue")
        for phase in progress.phases
        for start, end in phase.waits
    ]
    rows = [Row("queue", tuple(waits))] if waits else []
    by_path: dict[tuple[str, ...], list[Execution]] = {}
    for execution in sorted(progress.executions.values(), key=lambda each: each.started):
        by_path.setdefault(execution.path, []).append(execution)
    for path, executions in by_path.items():
        spans = []
        for execution in executions:
            spans.append(_span(execution, began))
            if execution.status is NodeStatus.INTERRUPTED and execution.ended is not None:
                answered = _answered(progress, execution)
                end = None if answered is None else answered - began
                spans.append(Span(execution.ended - began, end, NodeStatus.INTERRUPTED, "asks a person"))
        rows.append(Row(" › ".join(path), tuple(spans)))
    return rows


def _span(execution: Execution, began: float) -> Span:
    status = NodeStatus.DONE if execution.status is NodeStatus.INTERRUPTED else execution.status
    end = None if execution.ended is None else execution.ended - began
    words = [f"superstep {execution.step}"]
    if execution.attempt > 1:
        words.append(f"attempt {execution.attempt}")
    if execution.error:
        words.append(execution.error)
    return Span(execution.started - began, end, status, ", ".join(words))


def _answered(progress: Progress, execution: Execution) -> float | None:
    """When the run after this one began, or this one was cancelled; None while the question is open."""
    ids = [phase.run_id for phase in progress.phases]
    index = ids.index(execution.run_id)
    if index + 1 < len(progress.phases):
        return progress.phases[index + 1].created
    phase = progress.phases[index]
    return phase.ended if phase.is_over and phase.status != "interrupted" else None


def talk(progress: Progress) -> str:
    """What models and tools said, newest in view, and the last note of a node."""
    messages = list(progress.talk.messages.values())
    hidden = len(messages) - MOST_MESSAGES
    parts = [f'<div style="opacity:.6">{hidden} earlier messages</div>'] if hidden > 0 else []
    parts += [_message(message) for message in messages[-MOST_MESSAGES:]]
    if progress.talk.notes and not progress.is_over:
        parts.append(f'<div style="opacity:.7;padding:2px 0">{escape(progress.talk.notes[-1][:300])}</div>')
    body = "".join(part for part in parts if part)
    if not body:
        return ""
    scroll = "display:flex;flex-direction:column-reverse;max-height:320px;overflow-y:auto"
    return block(f"<div>{body}</div>", f"{scroll};border:1px solid {LINE};border-radius:6px;padding:6px 10px")


def _message(message: Message) -> str:
    text = message.text
    calls = "".join(f'<div style="opacity:.8">→ {code(call[:400])}</div>' for call in message.tool_calls)
    if not text and not calls:
        return ""
    if len(text) > MOST_TEXT:
        text = "… " + text[-MOST_TEXT:]
    elif message.kind == "tool" and len(text) > 600:
        text = text[:600] + " …"
    who = message.node or message.kind
    if message.kind == "tool":
        who = message.name or "tool"
    look = "opacity:.45;text-decoration:line-through" if message.stale else ""
    if message.kind != "ai":
        look += ";opacity:.75"
    body = f'<div style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(text)}</div>' if text else ""
    return (
        f'<div style="display:flex;gap:10px;padding:2px 0;{look}">'
        f'<div style="flex:0 0 {ASIDE}px;text-align:right;opacity:.65;overflow:hidden;'
        f'text-overflow:ellipsis;white-space:nowrap" title="{escape(who)}">{escape(who)}</div>'
        f'<div style="flex:1;min-width:0">{body}{calls}</div></div>'
    )


def outcome(progress: Progress) -> str:
    """What became of the run: its error, or its answer. Empty while it works."""
    error = progress.error
    if error and progress.status in ("error", "timeout"):
        return failure(str(error.get("error", "Error")), str(error.get("message", "")))
    if progress.status == "success" and progress.values is not None and not _is_said(progress):
        return block(answer(progress.values), f"border-left:3px solid {LINE};padding:4px 10px;margin:4px 0")
    return ""


def _is_said(progress: Progress) -> bool:
    """Whether the answer is the last message that was streamed, so that it stands there already."""
    messages = progress.values.get("messages") if isinstance(progress.values, dict) else None
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return False
    said = list(progress.talk.messages.values())
    return bool(said) and said[-1].text == text_of(messages[-1].get("content")) != ""


def failure(name: str, text: str) -> str:
    """An error with its message."""
    return block(
        f'<b style="color:{RED}">{escape(name)}</b> '
        f'<span style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(text)}</span>',
        f"border-left:3px solid {RED};padding:4px 10px;margin:4px 0",
    )


def answer(values: Any) -> str:
    """The values of a finished run: the last message when it talks, else all of them."""
    messages = values.get("messages") if isinstance(values, dict) else None
    if isinstance(messages, list) and messages and isinstance(messages[-1], dict):
        text = text_of(messages[-1].get("content"))
        if text:
            return f'<div style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(text)}</div>'
    return json_text(values)


def json_text(value: Any, most: int = MOST_JSON) -> str:
    """A value as indented JSON, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    if len(text) > most:
        text = text[:most] + f"\n… {len(text) - most} more characters"
    return (
        '<pre style="margin:0;font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere;'
        f'background:none;color:inherit">{escape(text)}</pre>'
    )


def snapshot(progress: Progress, shape: GraphShape | None, now: float) -> str:
    """The whole picture as it stands: it needs no kernel, no script and no network to be seen."""
    parts = (
        header(progress, now),
        graph(progress, shape),
        timeline(progress, now),
        talk(progress),
        "".join(question(item.node, item.value) for item in progress.questions.values()),
        outcome(progress),
    )
    return f'<div class="duragraph-run">{"".join(parts)}</div>'


def question(node: str, value: Any) -> str:
    """What a node asks."""
    return block(
        f"<b>{escape(node)}</b> asks{request(value)}",
        f"border-left:3px solid {AMBER};padding:4px 10px;margin:4px 0",
    )


def request(value: Any) -> str:
    """The value of an interrupt: text as text, a mapping as its fields, anything else as JSON."""
    if isinstance(value, str):
        return f'<div style="white-space:pre-wrap">{escape(value)}</div>'
    if not isinstance(value, dict):
        return json_text(value)
    rows = "".join(
        f'<div style="display:flex;gap:10px"><div style="flex:0 0 {ASIDE}px;opacity:.65;text-align:right">'
        f'{escape(str(key))}</div><div style="flex:1;min-width:0">{_field(item)}</div></div>'
        for key, item in value.items()
    )
    return f'<div style="padding:2px 0">{rows}</div>'


def _field(value: Any) -> str:
    """A field of a request: text, a list of words, a list of choices with what they mean, or JSON."""
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        value = ", ".join(str(item) for item in value)
    elif isinstance(value, dict) and value and all(isinstance(item, str) for item in value.values()):
        lines = (f"<div><b>{escape(str(key))}</b>: {escape(text)}</div>" for key, text in value.items())
        return "".join(lines)
    if isinstance(value, str):
        return f'<div style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(value[:MOST_TEXT])}</div>'
    return json_text(value)
