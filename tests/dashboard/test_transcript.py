"""Messages from states and streams."""

from __future__ import annotations

from typing import Any

from duragraph_dashboard.transcript import Transcript, found_in, text_of


def chunk(text: str, **more: Any) -> list[Any]:
    return [{"type": "AIMessageChunk", "id": "m", "content": text, **more}, {"langgraph_node": "model"}]


def test_tokens_join_into_one_message() -> None:
    transcript = Transcript()
    transcript.apply_part("messages", chunk("Hel"))
    changed = transcript.apply_part("messages", chunk("lo"))
    assert [(one["text"], one["writing"]) for one in changed] == [("Hello", True)]


def test_the_state_has_the_last_word() -> None:
    transcript = Transcript()
    transcript.apply_part("messages", chunk("Hel"))
    changed = transcript.apply_state({"messages": [{"type": "ai", "id": "m", "content": "Hello"}]})
    assert [(one["text"], one["writing"]) for one in changed] == [("Hello", False)]
    assert transcript.apply_part("messages", chunk("late")) == []


def test_partial_messages_replace_each_other() -> None:
    transcript = Transcript()
    transcript.apply_part("messages/partial", [{"type": "ai", "id": "m", "content": "Hel"}])
    transcript.apply_part("messages/partial|sub:1", [{"type": "ai", "id": "m", "content": "Hello"}])
    assert transcript.messages["m"]["text"] == "Hello"
    assert [one["writing"] for one in transcript.settle()] == [False]


def test_an_unchanged_state_changes_nothing() -> None:
    transcript = Transcript()
    values = {"messages": [{"type": "human", "id": "h", "content": "Hi"}]}
    assert len(transcript.apply_state(values)) == 1
    assert transcript.apply_state(values) == []


def test_messages_are_found_under_any_name() -> None:
    message = {"role": "user", "content": "Hi"}
    assert found_in({"n": 1, "chat": [message]}) == [message]
    assert found_in({"rows": [{"content": "x"}]}) == []
    assert found_in([1]) == []


def test_blocks_are_read_for_their_text() -> None:
    assert text_of(["a", {"type": "text", "text": "b"}, {"type": "image"}, 3]) == "ab"
