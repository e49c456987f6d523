"""Forms that fit the question."""

from __future__ import annotations

from typing import Any

from duragraph_dashboard.answers import fields, form


def labels(value: Any) -> list[str]:
    return [control["label"] for control in form(value)["controls"]]


def test_any_question_can_be_approved_rejected_and_answered_in_words_or_json() -> None:
    asked = form("Go on?")
    assert asked["question"] == "Go on?"
    assert asked["details"] is None
    assert labels("Go on?") == ["Approve", "Reject", "Answer in words", "Answer in JSON"]
    assert [control["answer"] for control in asked["controls"][:2]] == [True, False]


def test_the_question_is_said_once_and_the_rest_shown_below() -> None:
    asked = form({"question": "Publish?", "answer": "Finches.", "choices": ["yes", "no"]})
    assert asked["question"] == "Publish?"
    assert asked["details"] == {"answer": "Finches."}
    assert labels({"question": "?", "choices": ["yes", "no"]})[:2] == ["yes", "no"]


def test_a_choice_that_wants_words_becomes_a_field() -> None:
    value = {"choices": {"revise": 'search again: {"type": "revise", "feedback": "…"}'}}
    control = form(value)["controls"][0]
    assert control["kind"] == "text"
    assert control["wrap"] == {"type": "revise", "feedback": "…"}
    assert control["place"] == ["feedback"]


def test_a_schema_becomes_fields() -> None:
    schema = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "title": "Name"},
            "kind": {"enum": ["a", "b"], "default": "b"},
            "count": {"type": "integer"},
            "more": {"type": "object"},
        },
    }
    control = form({"message": "Fill in", "schema": schema})["controls"][0]
    assert control["kind"] == "schema"
    found = {field["name"]: field for field in fields(schema)}
    assert [field["type"] for field in found.values()] == ["text", "enum", "integer", "json"]
    assert found["name"]["required"]
    assert not found["kind"]["required"]
    assert found["kind"]["start"] == "b"


def test_a_middlewares_request_answers_every_action() -> None:
    value = {
        "action_requests": [{"name": "pay", "args": {"sum": 1}}, {"name": "mail", "args": {}}],
        "review_configs": [{"allowed_decisions": ["approve", "reject"]}],
    }
    asked = form(value)
    assert asked["details"] == {"action_requests": value["action_requests"]}
    assert asked["controls"][0]["answer"] == {"decisions": [{"type": "approve"}, {"type": "approve"}]}
    assert "Edit" not in labels(value)


def test_hostile_shapes_still_get_a_form() -> None:
    for value in (None, 1, [], {}, {"choices": []}, {"schema": {"properties": 3}}, {"action_request": 3}):
        assert labels(value)[-2:] == ["Answer in words", "Answer in JSON"]
