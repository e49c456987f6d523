"""Every NATS subject and stream, once. `spec/async/asyncapi.yml` says the same; a test holds them together."""

import re
from dataclasses import dataclass
from uuid import UUID

PREFIX = "duragraph"
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def token(name: str) -> str:
    """A name as one subject token: plain names as they are, others in hexadecimal behind `=`."""
    return name if _PLAIN.fullmatch(name) else "=" + name.encode().hex()


def untoken(token: str) -> str:
    """The name that a token stands for."""
    return bytes.fromhex(token[1:]).decode() if token.startswith("=") else token


def work(tenant_id: str, graph_id: str) -> str:
    """Hints that a run of a graph waits."""
    return f"{PREFIX}.work.{token(tenant_id)}.{token(graph_id)}"


def events(family: str, tenant_id: str) -> str:
    """Events of a family (`runs`, `execution`, `interrupts`), one message a committed write."""
    return f"{PREFIX}.{family}.{token(tenant_id)}"


def live(run_id: UUID | str) -> str:
    """Frames of a run as they leave."""
    return f"{PREFIX}.live.{run_id}"


def done(tenant_id: str) -> str:
    """Outcomes of runs."""
    return f"{PREFIX}.done.{token(tenant_id)}"


def control(worker_id: UUID | str) -> str:
    """Orders to one worker: cancel, attach, drain."""
    return f"{PREFIX}.ctl.{worker_id}"


ALL_WORK = f"{PREFIX}.work.>"


def ask(tenant_id: str, graph_id: str | None) -> str:
    """Questions to one of the workers that serve a graph; without a graph to one of all."""
    return f"{PREFIX}.ask.{token(tenant_id)}.{token(graph_id or '')}"


def asked(graph_id: str | None) -> str:
    """Questions about a graph, or about none, of all tenants."""
    return f"{PREFIX}.ask.*.{token(graph_id or '')}"


ASKED_QUEUE = "workers"
"""The queue group of those who answer: one of them gets a question."""
ALL_DONE = f"{PREFIX}.done.*"
EVENT_FAMILIES = ("runs", "execution", "interrupts")


@dataclass(frozen=True, slots=True)
class Stream:
    """A JetStream stream with its limits: seconds and bytes."""

    name: str
    subjects: tuple[str, ...]
    max_age: int
    max_bytes: int


WEEK = 7 * 24 * 3600
STREAMS = (
    Stream("RUNS", (f"{PREFIX}.runs.>",), WEEK, 1 << 30),
    Stream("EXECUTION", (f"{PREFIX}.execution.>",), 24 * 3600, 500 << 20),
    Stream("INTERRUPTS", (f"{PREFIX}.interrupts.>",), WEEK, 100 << 20),
    Stream("WORKER_COMMANDS", (f"{PREFIX}.work.>",), 3600, 100 << 20),
)
WORK_STREAM = "WORKER_COMMANDS"
WORK_ACK_WAIT = 15
"""Seconds until an unacknowledged hint is delivered again; the claim is in Postgres, so late is harmless."""


def consumer(graph_id: str) -> str:
    """The durable pull consumer that a graph's workers share."""
    return f"work-{token(graph_id).replace('=', 'x-')}"


def work_filter(graph_id: str) -> str:
    """Hints for a graph, of all tenants."""
    return f"{PREFIX}.work.*.{token(graph_id)}"
