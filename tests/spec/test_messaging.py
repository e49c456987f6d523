"""Subjects, streams, consumers and real messages are `spec/async/asyncapi.yml`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import jsonschema
import orjson
import pytest
from duragraph_kernel.frames import metadata_frame
from duragraph_kernel.outlet import Outlet
from duragraph_kernel.questions import QUESTIONS
from duragraph_kernel.recording import Recording
from nats.aio.msg import Msg

from duragraph_ext.core import Core
from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.workers import (
    ClaimRequest,
    GraphDefinition,
    Worker,
    claim,
    define_graph,
    register_worker,
)
from duragraph_ext.core.domain.errors import Conflict, GraphError, Invalid, NotFound, Unavailable
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.messaging.asking import ask, described, raised
from duragraph_ext.core.messaging.topology import ensure_consumers, ensure_streams
from tests.spec.conftest import OpenCore
from tests.spec.documents import facts_of, load, resolve, walk
from tests.support.waiting import soon

SPEC = load("async/asyncapi.yml")
JETSTREAM = SPEC["x-jetstream"]
RUN, WORKER = "018f4e7a-0000-7000-8000-000000000001", "018f4e7a-0000-7000-8000-000000000002"
NAMES = {"tenant": "default", "graph": "agent_1", "run": RUN, "worker": WORKER}
CODE = {
    "work": subjects.work("default", "agent_1"),
    "runs": subjects.events("runs", "default"),
    "execution": subjects.events("execution", "default"),
    "interrupts": subjects.events("interrupts", "default"),
    "live": subjects.live(RUN),
    "done": subjects.done("default"),
    "control": subjects.control(WORKER),
    "ask": subjects.ask("default", "agent_1"),
}


def test_every_channel_has_the_code_s_subject() -> None:
    assert {name: channel["address"].format(**NAMES) for name, channel in SPEC["channels"].items()} == CODE


def test_a_name_that_is_no_token_is_put_into_hexadecimal() -> None:
    assert subjects.token("my graph.v2") == "=" + b"my graph.v2".hex()
    assert subjects.token("agent_1-b") == "agent_1-b"


def test_the_questions_are_those_that_a_worker_answers() -> None:
    question = SPEC["components"]["schemas"]["Question"]["properties"]["question"]
    assert set(question["enum"]) == set(QUESTIONS)
    assert subjects.ask("default", None) == "duragraph.ask.default.="


def test_answers_carry_every_error_of_a_worker() -> None:
    schema = {"$ref": "#/components/schemas/Answer"}
    errors = [
        Invalid("values", "no"), NotFound("thread", RUN), Conflict("busy"), GraphError("E", "x"), Unavailable("later"),
    ]  # fmt: skip
    for error in errors:
        assert _valid(schema, {"error": described(error)})
        assert (type(raised(described(error))), str(raised(described(error)))) == (type(error), str(error))
    assert _valid(schema, {"answer": {}})


def test_every_reference_leads_somewhere() -> None:
    references = [value["$ref"] for _, value in walk(SPEC) if isinstance(value, dict) and "$ref" in value]
    for reference in references:
        resolve(SPEC, reference)
    used = set(references)
    for kind, things in SPEC["components"].items():
        assert {f"#/components/{kind}/{name}" for name in things} <= used


def test_every_channel_is_sent_to_and_received_from() -> None:
    ways = {(operation["action"], operation["channel"]["$ref"]) for operation in SPEC["operations"].values()}
    like_runs = {"execution", "interrupts"}
    for name in set(SPEC["channels"]) - like_runs:
        assert {("send", f"#/channels/{name}"), ("receive", f"#/channels/{name}")} <= ways, name


def test_channels_are_kept_by_the_streams_they_name() -> None:
    for name, channel in SPEC["channels"].items():
        keeping = [s.name for s in subjects.STREAMS if CODE[name].startswith(s.subjects[0].removesuffix(">"))]
        assert keeping == ([channel["x-stream"]] if "x-stream" in channel else []), name


@pytest.fixture
async def core(open_core: OpenCore) -> AsyncIterator[Core]:
    """A core with a database of its own, and real NATS."""
    async with open_core() as core:
        await soon(lambda: core.bus.connected, what="a connection to NATS")
        yield core


async def test_a_live_jetstream_is_configured_as_specified(core: Core) -> None:
    await ensure_streams(core.bus.js)
    assert {stream.name for stream in subjects.STREAMS} == set(JETSTREAM["streams"])
    for name, written in JETSTREAM["streams"].items():
        config = (await core.bus.js.stream_info(name)).config
        assert {
            "subjects": config.subjects,
            "max_age_seconds": config.max_age,
            "max_bytes": config.max_bytes,
        } == written, name
        assert {
            "retention": config.retention,
            "discard": config.discard,
            "storage": config.storage,
            "duplicate_window_seconds": config.duplicate_window,
        } == JETSTREAM["every_stream"], name


async def test_a_live_consumer_is_configured_as_specified(core: Core) -> None:
    written = JETSTREAM["consumers"]["work"]
    name = written["name"].format(graph="spec")
    await ensure_consumers(core.bus.js, ["spec"])
    try:
        config = (await core.bus.js.consumer_info(written["stream"], name)).config
    finally:
        await core.bus.js.delete_consumer(written["stream"], name)
    assert {
        "stream": subjects.WORK_STREAM,
        "description": written["description"],
        "name": config.durable_name.replace("spec", "{graph}"),
        "filter": config.filter_subject.replace("spec", "{graph}"),
        "ack_policy": config.ack_policy,
        "ack_wait_seconds": config.ack_wait,
        "max_deliver": config.max_deliver,
        "max_ack_pending": config.max_ack_pending,
    } == facts_of(written)


async def test_what_really_travels_is_as_specified(core: Core) -> None:
    seen: list[Msg] = []

    async def note(message: Msg) -> None:
        if message.subject.startswith(f"{subjects.PREFIX}."):
            seen.append(message)

    await core.bus.subscribe(f"{subjects.PREFIX}.>", note)
    await core.bus.client.flush()
    await _live_a_little(core)
    wanted = set(SPEC["channels"])
    await soon(lambda: wanted <= {_channel(message.subject) for message in seen}, what="a message on every channel")
    for message in seen:
        assert _fits(message), f"{message.subject} {message.data!r}"


async def _live_a_little(core: Core) -> None:
    """A run that streams, asks a question, is joined and cancelled."""
    worker = Worker(uuid4(), "spec", "here", 1, None, None, ["agent_1"], 1, 30.0)
    await define_graph(core, LOCAL, GraphDefinition("agent_1", "hash", {}))
    await register_worker(core, worker)
    created = await create_run(core, LOCAL, NewRun("agent_1", {"input": None}))
    run_id, thread_id = created.run["run_id"], created.run["thread_id"]
    (claimed,) = await claim(core, worker.worker_id, [ClaimRequest(run_id)])
    now = datetime.now(UTC)
    op = Op(run_id, claimed.epoch)
    node = {"task_id": "t", "node": "ask", "ns": "", "step": 1, "attempt": 1}
    op.event("execution.node_started", orjson.dumps(node), now)
    op.interrupt("i", thread_id, "t", "ask", "", '"really?"', now)
    recording = Recording(core.writer, run_id, claimed.epoch, claimed.tenant_id, lambda error: None)
    outlet = Outlet(core.bus, recording, str(run_id))
    outlet.push(metadata_frame(str(run_id), claimed.attempt))
    outlet.finish(op)
    await core.writer.submit(op)
    await outlet.end()
    await cancel_run(core, LOCAL, thread_id, run_id)
    await core.bus.publish(subjects.control(worker.worker_id), orjson.dumps({"attach": run_id}))
    with pytest.raises(Unavailable):
        await ask(core, "default", "agent_1", "describe", {"config": {}}, timeout=0.2)
    await asyncio.wait_for(core.bus.client.flush(), 5)


def _channel(subject: str) -> str:
    patterns = {
        name: re.sub(r"\\{\w+\\}", r"[^.]+", re.escape(channel["address"]))
        for name, channel in SPEC["channels"].items()
    }
    (name,) = [name for name, pattern in patterns.items() if re.fullmatch(pattern, subject)]
    return name


def _fits(message: Msg) -> bool:
    """Whether a message is one of those that its channel may carry, with the headers it must have."""
    for reference in SPEC["channels"][_channel(message.subject)]["messages"].values():
        written = resolve(SPEC, reference["$ref"])
        is_text = written.get("contentType", SPEC["defaultContentType"]).startswith("text/")
        parts = [(written["payload"], message.data.decode() if is_text else orjson.loads(message.data))]
        if "headers" in written:
            parts.append((written["headers"], dict(message.headers or {})))
        if all(_valid(schema, value) for schema, value in parts):
            return True
    return False


def _valid(schema: dict[str, object], value: object) -> bool:
    whole = {**schema, "components": SPEC["components"]}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).is_valid(value)


def test_a_uuid_stays_one_token() -> None:
    assert subjects.live(UUID(RUN)) == subjects.live(RUN)
