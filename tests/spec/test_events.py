"""The event catalogue is `spec/models/events.yml`, both ways; so is what a stored event becomes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest

from duragraph_ext.core import Core
from duragraph_ext.core.domain.aggregates import Run
from duragraph_ext.core.domain.events import CATALOGUE, ENDS, Event
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.store import NO_STREAM, append
from duragraph_ext.core.messaging import subjects
from tests.spec import shapes
from tests.spec.conftest import OpenCore
from tests.spec.documents import facts_of, load

SPEC = load("models/events.yml")
ENTITIES = load("models/entities.yml")
PATHS = {
    "pending": ["run.created"],
    "running": ["run.created", "run.started"],
}
"""Events that bring a run to a status."""


def test_every_event_is_specified_as_it_is() -> None:
    assert facts_of(SPEC["events"]) == shapes.events()


def test_every_event_says_what_it_means() -> None:
    for name, event in SPEC["events"].items():
        assert event["purpose"].endswith("."), name


def test_the_terminal_events_are_the_ones_that_end_a_run() -> None:
    assert tuple(SPEC["terminal"]) == ENDS


def test_every_event_belongs_to_a_domain() -> None:
    assert {name.split(".")[0] for name in CATALOGUE} == set(SPEC["domains"])


@pytest.fixture
async def core(open_core: OpenCore) -> AsyncIterator[Core]:
    """A core with a database of its own."""
    async with open_core() as core:
        yield core


@pytest.mark.parametrize("name", sorted(CATALOGUE))
async def test_an_appended_event_is_sent_as_specified(core: Core, name: str) -> None:
    domain = SPEC["domains"][name.split(".")[0]]
    stream = uuid4()
    async with core.db.transaction() as connection:
        await append(connection, LOCAL, domain["stream"], stream, NO_STREAM, [(name, {"a": 1})])
    row = await core.db.fetchone("SELECT subject, aggregate_type, payload FROM outbox")
    assert row is not None
    assert row["subject"] == subjects.events(domain["family"], LOCAL.tenant_id)
    assert row["aggregate_type"] == domain["stream"]
    (envelope,) = orjson.loads(row["payload"].data)["events"]
    assert list(envelope) == list(SPEC["envelope"]["fields"])
    assert (envelope["event_type"], envelope["version"], envelope["aggregate_id"]) == (name, 1, str(stream))


@pytest.mark.parametrize(
    "transition", ENTITIES["run_statuses"]["transitions"], ids=lambda t: f"{t['from']} {t['event']}"
)
def test_events_move_a_run_as_specified(transition: dict[str, str | None]) -> None:
    run = Run(uuid4())
    for number, name in enumerate([*PATHS.get(transition["from"] or "", []), transition["event"]]):
        assert name is not None
        run.apply(Event(run.run_id, number + 1, name, payload(name), datetime.now(UTC)))
    assert run.status == transition["to"]


def test_every_event_that_changes_a_status_is_specified() -> None:
    silent = {"run.rolled_back", "run.deleted"}
    named = {each["event"] for each in ENTITIES["run_statuses"]["transitions"]}
    assert named == {name for name in CATALOGUE if name.startswith("run.")} - silent
    assert {each["to"] for each in ENTITIES["run_statuses"]["transitions"]} - {"pending", "running"} == set(
        ENTITIES["run_statuses"]["final"]
    )


def payload(name: str) -> dict[str, object]:
    """A payload of an event of a run, valid for its model."""
    ends = {"run.failed": "error", "run.timed_out": "timeout", "run.cancelled": "interrupted"}
    known: dict[str, object] = {
        "status": ends.get(name, "success"),
        "thread_status": "idle",
        "multitask_strategy": "enqueue",
        "action": "interrupt",
    }
    examples: dict[str, object] = {"uuid": str(uuid4()), "integer": 1, "object": {}, "string": "x", "boolean": False}
    fields = SPEC["events"][name]["payload"]
    body = {
        field: known[field] if field in known else examples.get(facts["type"])  # None where null is allowed
        for field, facts in fields.items()
    }
    CATALOGUE[name].model_validate(body)
    return body
