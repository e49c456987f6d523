"""The same conversations with our server as with the reference: every answer must be the recorded one.

`record.py` made the records. What may differ stands in spec/api/deviations.yml, with its reason.
"""

import json
from typing import Any

import httpx
import pytest
from programs import load_programs
from record import RECORDED, ROUTES, converse, routes
from wire.address import Api
from wire.compare import Deviation, compare, differences, load_deviations, names_field
from wire.masking import Mask

from duragraph_ext.api.openapi import document

PROGRAMS = load_programs()
DEVIATIONS = load_deviations()


@pytest.mark.parametrize("name", PROGRAMS)
async def test_answers_are_the_recorded_ones(name: str, request: pytest.FixtureRequest) -> None:
    api: Api = request.getfixturevalue("auth_api" if name.startswith("auth_") else "one_api")
    recorded = json.loads((RECORDED / f"{name}.json").read_text())
    ours = await converse(PROGRAMS[name], api.url, api.key)
    report = compare(name, recorded, ours, DEVIATIONS)
    if report:
        pytest.fail(f"\n{report}", pytrace=False)


def test_every_deviation_is_needed(request: pytest.FixtureRequest) -> None:
    ran = {item.name for item in request.session.items if item.name.startswith("test_answers_are")}
    if len(ran) < len(PROGRAMS):
        return
    unused = [f"{rule.path}: {rule.reason}" for rule in DEVIATIONS if not rule.used]
    assert not unused


def test_every_program_has_a_record() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == set(PROGRAMS)


def test_no_route_of_the_reference_is_missing(one_api: Api) -> None:
    missing = set(json.loads(ROUTES.read_text())) - set(routes(document()))
    assert missing == {"get /mcp"}  # which is there to say 405: nothing streams without a request
    assert httpx.get(f"{one_api.url}/mcp/", headers={"x-api-key": one_api.key}).status_code == 405


def test_a_wrong_answer_is_reported() -> None:
    one: list[Any] = [{"request": {"method": "GET", "path": "/ok"}, "response": {"status": 200, "body": {"a": [1]}}}]
    two: list[Any] = [{"request": {"method": "GET", "path": "/ok"}, "response": {"status": 404, "body": {"a": [2]}}}]
    assert compare("x", one, one, []) == ""
    assert "response/body/a/0" in compare("x", one, two, [])
    allowed = [
        Deviation("response/**/0", 2, "why"),
        Deviation("response/status", "any", "why", reference=200),
    ]
    assert compare("x", one, two, allowed) == ""
    assert compare("x", one, two, allowed[:1]) != ""
    assert compare("x", one, two, [Deviation("response/**/0", 3, "why"), allowed[1]]) != ""


def test_true_is_not_one_and_missing_is_not_null() -> None:
    assert [str(one.path) for one in differences({"a": True, "b": None}, {"a": 1}, "x")] == ["x/a", "x/b"]


def test_a_validation_text_must_name_the_field() -> None:
    text = 'Failed validating "type" in schema\n\nOn instance["config"]["limit"]:'
    assert names_field(text, "limit: must be an integer")
    assert not names_field(text, "something is wrong")
    required = '"assistant_id" is a required property\n\nFailed validating "required" in schema'
    assert names_field(required, "assistant_id: missing")


def test_ids_get_the_same_name_wherever_they_stand() -> None:
    first, second = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
    masked = Mask({}).value({"path": f"/threads/{first}/runs/{second}", "run_id": second, "z": [first]})
    assert masked == {"path": "/threads/<thread 1>/runs/<run 1>", "run_id": "<run 1>", "z": ["<thread 1>"]}
