"""The form sends one answer: a choice, a text, or JSON that is right."""

from __future__ import annotations

from typing import Any

from duragraph_ext.client.progress import Question
from duragraph_ext.magics.form import AnswerForm

VALUE = {"question": "<b>?</b>", "choices": {"accept": "as it is", "edit": 'write: {"type": "edit"}'}}


def form(value: Any = VALUE) -> tuple[AnswerForm, list[Any]]:
    sent: list[Any] = []
    return AnswerForm(Question("i", "review", value), sent.append), sent


def press(form: AnswerForm, label: str) -> None:
    [button] = [button for button in form.buttons if button.description == label]
    button.click()


def test_a_choice_is_sent_and_closes_the_form_to_others() -> None:
    answer, sent = form()
    press(answer, "accept")
    assert sent == ["accept"]
    assert all(button.disabled for button in answer.buttons)


def test_approval_is_a_boolean() -> None:
    for label, value in (("Approve", True), ("Reject", False)):
        answer, sent = form("go on?")
        press(answer, label)
        assert sent == [value]


def test_a_choice_with_a_shape_fills_the_editor() -> None:
    answer, sent = form()
    press(answer, "edit")
    assert sent == []
    assert answer.editor.value == '{"type": "edit"}'
    press(answer, "Send as JSON")
    assert sent == [{"type": "edit"}]


def test_text_is_sent_as_it_stands_and_broken_json_is_not_sent() -> None:
    answer, sent = form()
    answer.editor.value = '{"a": '
    press(answer, "Send as JSON")
    assert sent == []
    assert "no JSON" in answer.problem.value
    press(answer, "Send as text")
    assert sent == ['{"a": ']


def test_an_answer_that_did_not_go_out_can_be_sent_again() -> None:
    answer, sent = form()
    press(answer, "accept")
    answer.complain("<the server is away>")
    assert "&lt;the server is away&gt;" in answer.problem.value
    press(answer, "accept")
    assert sent == ["accept", "accept"]


def test_what_the_graph_says_is_escaped() -> None:
    answer, _ = form()
    html = answer.widget.children[0].value
    assert "<b>?</b>" not in html
    assert "&lt;b&gt;?&lt;/b&gt;" in html
