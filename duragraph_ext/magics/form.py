"""The form under a run that asks a question: buttons for its choices, an editor for everything else."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from duragraph_ext.client import panes
from duragraph_ext.client.answers import Choice, choices, draft, parse_json
from duragraph_ext.client.drawing.palette import RED
from duragraph_ext.client.progress import Question

_STYLES = {"good": "success", "bad": "danger", "": ""}


class AnswerForm:
    """One question and the ways to answer it; `send` gets the answer, once."""

    def __init__(self, question: Question, send: Callable[[Any], None]) -> None:
        self._send = send
        self._choices = [self._button(choice) for choice in choices(question.value, question.schema)]
        self.editor = widgets.Textarea(
            value=draft(question.schema),
            placeholder="or write an answer of your own",
            layout=widgets.Layout(width="100%", height="64px"),
        )
        self.send_text = widgets.Button(description="Send as text", tooltip="the answer is this text")
        self.send_json = widgets.Button(description="Send as JSON", tooltip="the answer is this JSON value")
        self.send_text.on_click(lambda _: self.answer(self.editor.value))
        self.send_json.on_click(lambda _: self._answer_json())
        self.problem = widgets.HTML()
        self.widget = widgets.VBox(
            [
                widgets.HTML(panes.question(question.node, question.value)),
                widgets.HBox(self._choices, layout=widgets.Layout(flex_flow="row wrap")),
                self.editor,
                widgets.HBox([self.send_text, self.send_json, self.problem]),
            ]
        )

    @property
    def buttons(self) -> list[widgets.Button]:
        """Every button, the choices first."""
        return [*self._choices, self.send_text, self.send_json]

    def answer(self, value: Any) -> None:
        """Send an answer and take no other one meanwhile."""
        self.complain("")
        self._enable(False)
        self._send(value)

    def complain(self, reason: str) -> None:
        """Say why the answer did not go out, and let the person try again."""
        self._enable(True)
        self.problem.value = panes.block(escape(reason), f"color:{RED};padding:4px") if reason else ""

    def close(self) -> None:
        """Drop the form's widgets, in the browser too."""
        for widget in (*self.buttons, self.editor, self.problem, self.widget):
            widget.close()

    def _button(self, choice: Choice) -> widgets.Button:
        button = widgets.Button(description=choice.label, tooltip=choice.hint, button_style=_STYLES[choice.tone])
        button.on_click(lambda _: self._choose(choice))
        return button

    def _choose(self, choice: Choice) -> None:
        if choice.draft is None:
            self.answer(choice.value)
        else:
            self.editor.value = choice.draft

    def _answer_json(self) -> None:
        try:
            value = parse_json(self.editor.value)
        except ValueError as error:
            self.complain(str(error))
        else:
            self.answer(value)

    def _enable(self, enabled: bool) -> None:
        for button in self.buttons:
            button.disabled = not enabled
