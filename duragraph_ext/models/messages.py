"""Wire shapes of messages that are appended to a thread."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .base import Answer, Body, JsonObject

Role = Literal["user", "human", "assistant", "ai", "system", "developer", "tool"]


class NewMessage(Body):
    """A message, as LangChain reads them."""

    role: Role = "user"
    content: str | list[str | JsonObject]
    id: str | None = Field(None, min_length=1)
    name: str | None = None
    tool_call_id: str | None = None

    @model_validator(mode="after")
    def _answers_a_call(self) -> NewMessage:
        _check_call(self.role, self.tool_call_id)
        return self


class ThreadMessages(Body):
    """Messages for a thread: `messages`, or one written flat."""

    messages: list[NewMessage] | None = Field(None, min_length=1, max_length=1000)
    role: Role | None = None
    content: str | list[str | JsonObject] | None = None
    id: str | None = Field(None, min_length=1)
    name: str | None = None
    tool_call_id: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> ThreadMessages:
        if (self.messages is None) == (self.content is None):
            raise ValueError("give either messages, or role and content of one")
        _check_call(self.role, self.tool_call_id)
        return self

    def all(self) -> list[NewMessage]:
        """The messages, whichever way they were given."""
        if self.messages is not None:
            return self.messages
        return [NewMessage.model_validate(self.model_dump(exclude={"messages"}, exclude_none=True))]


class AppendedMessages(Answer):
    """The messages as the thread keeps them, and the checkpoint that they made."""

    thread_id: str
    checkpoint_id: str
    messages: list[JsonObject]


def _check_call(role: Role | None, tool_call_id: str | None) -> None:
    if role == "tool" and tool_call_id is None:
        raise ValueError("a message of the role tool needs tool_call_id")
