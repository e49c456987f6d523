"""The buttons under a question follow its schema, its choices, and the customs of LangGraph's tools."""

from __future__ import annotations

import json

import pytest

from duragraph_ext.client.answers import choices, draft, parse_json


def labels(value: object, schema: dict[str, object] | None = None) -> dict[str, object]:
    return {choice.label: choice.value for choice in choices(value, schema)}


def test_anything_may_be_approved_or_rejected() -> None:
    for value in ("go on?", {"question": "go on?"}, None, [1, 2]):
        assert labels(value) == {"Approve": True, "Reject": False}


def test_a_list_of_options_becomes_buttons() -> None:
    assert labels({"options": ["yes", 2]}) == {"yes": "yes", "2": 2}


def test_a_choice_described_with_json_is_completed_in_the_editor() -> None:
    value = {"choices": {"accept": "as it is", "edit": 'your own: {"type": "edit", "answer": "…"}'}}
    accept, edit = choices(value)
    assert (accept.value, accept.draft, accept.tone) == ("accept", None, "good")
    assert edit.draft is not None
    assert json.loads(edit.draft) == {"type": "edit", "answer": "…"}


def test_a_schema_decides() -> None:
    assert labels("?", {"type": "boolean"}) == {"Approve": True, "Reject": False}
    assert labels("?", {"enum": ["a", "b"]}) == {"a": "a", "b": "b"}
    assert labels("?", {"type": "string"}) == {}
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "note": {"type": "string"}, "n": {"default": 3}},
    }
    assert json.loads(draft(schema)) == {"ok": False, "note": "", "n": 3}
    assert draft(None) == ""


def test_reviews_of_langchain_decide_every_action() -> None:
    value = {
        "action_requests": [{"name": "send", "args": {"to": "x"}}, {"name": "pay", "args": {}}],
        "review_configs": [
            {"action_name": "send", "allowed_decisions": ["approve", "edit", "reject"]},
            {"action_name": "pay", "allowed_decisions": ["approve", "reject"]},
        ],
    }
    assert labels(value) == {
        "Approve": {"decisions": [{"type": "approve"}, {"type": "approve"}]},
        "Reject": {"decisions": [{"type": "reject"}, {"type": "reject"}]},
    }


def test_requests_of_the_agent_inbox() -> None:
    request = {
        "action_request": {"action": "send", "args": {"to": "x"}},
        "config": {"allow_accept": True, "allow_edit": True, "allow_respond": False, "allow_ignore": True},
    }
    accept, edit, ignore = choices([request])
    assert accept.value == [{"type": "accept", "args": None}]
    assert json.loads(str(edit.draft)) == [{"type": "edit", "args": {"action": "send", "args": {"to": "x"}}}]
    assert ignore.value == [{"type": "ignore", "args": None}]


def test_json_of_the_editor_is_read_or_refused_with_its_place() -> None:
    assert parse_json('{"a": 1}') == {"a": 1}
    with pytest.raises(ValueError, match=r"no JSON: Expecting value \(line 1, column 7\)"):
        parse_json('{"a": }')
