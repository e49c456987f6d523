"""The keyless chat model alone, as LangChain uses one; the tools; and the switch to a provider."""

from __future__ import annotations

import importlib.machinery
import logging
import sys
import types
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.tools import BaseTool

from duragraph_ext.demo import provider
from duragraph_ext.demo.model import QuotingChatModel
from duragraph_ext.demo.prompt import system_message
from duragraph_ext.demo.provider import KEYLESS, ModelUnavailable, chat_model, model_name
from duragraph_ext.demo.retrieval import corpus
from duragraph_ext.demo.tools import TOOLS, calculate, read_on, search_corpus

ASKED = HumanMessage("Who left the woods?")


def prompted() -> list[Any]:
    return [system_message(corpus(), [corpus().passages["thoreau-walden §6"]]), ASKED]


class Tokens(BaseCallbackHandler):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_llm_new_token(self, token: Any, **_: Any) -> None:
        self.seen.append(token)


def test_with_tools_it_searches_first() -> None:
    reply = QuotingChatModel().bind_tools(TOOLS).invoke([system_message(corpus(), []), ASKED])
    assert [(call["name"], call["args"]) for call in reply.tool_calls] == [("search_corpus", {"query": "left woods"})]


def test_without_tools_it_answers_from_the_prompt() -> None:
    assert "I left the woods for as good a reason" in QuotingChatModel().invoke(prompted()).text


def test_it_may_be_told_to_use_no_tool() -> None:
    assert QuotingChatModel().bind_tools(TOOLS, tool_choice="none").invoke(prompted()).tool_calls == []


def test_forcing_a_tool_is_refused() -> None:
    with pytest.raises(ValueError, match="decides by itself"):
        QuotingChatModel().bind_tools(TOOLS, tool_choice="search_corpus")


def test_stream_and_invoke_say_the_same() -> None:
    model = QuotingChatModel()
    whole: AIMessageChunk | None = None
    for chunk in model.stream(prompted()):
        assert isinstance(chunk, AIMessageChunk)
        whole = chunk if whole is None else whole + chunk
    assert whole is not None
    said = model.invoke(prompted())
    assert whole.text == said.text
    assert whole.usage_metadata == said.usage_metadata


async def test_tokens_reach_callbacks_once_in_both_ways() -> None:
    model = QuotingChatModel()
    for_sync, for_async = Tokens(), Tokens()
    said = "".join(chunk.text for chunk in model.stream(prompted(), config={"callbacks": [for_sync]}))
    async for _ in model.astream(prompted(), config={"callbacks": [for_async]}):
        pass
    assert "".join(for_sync.seen) == "".join(for_async.seen) == said
    assert len([token for token in for_sync.seen if token]) == len(said.split())


def test_it_stops_where_told() -> None:
    assert QuotingChatModel().invoke(prompted(), stop=["woods"]).text.endswith("left the ")


def test_without_a_question_it_asks_for_one() -> None:
    assert QuotingChatModel().invoke([system_message(corpus(), [])]).text.startswith("Ask me something")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1/4", "0.25"),
        ("2^10", "1024"),
        ("1,000 * 3", "3000"),
        ("-(7 % 4) + 2 × 3", "3"),
        ("10**2 - 1", "99"),
    ],
)
def test_calculate(expression: str, value: str) -> None:
    assert calculate.invoke({"expression": expression}) == f"{expression} = {value}"


@pytest.mark.parametrize("expression", ["1/0", "9**99", "2 +", "__import__('os')", "True + 1", "(-8)**0.5", "10**20"])
def test_calculate_refuses(expression: str) -> None:
    with pytest.raises(ValueError, match="can"):
        calculate.invoke({"expression": expression})


def call(tool: BaseTool, **args: Any) -> Any:
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": args})


def test_search_names_what_it_found() -> None:
    message = call(search_corpus, query="different drummer", limit=2)
    assert message.artifact[0] == "thoreau-walden §6"
    assert len(message.artifact) == 2
    assert "[thoreau-walden §6]" in message.content
    assert call(search_corpus, query="xylophone").artifact == []


def test_reading_on() -> None:
    assert call(read_on, passage_id="thoreau-walden §5").artifact == ["thoreau-walden §6"]
    assert call(read_on, passage_id="thoreau-walden §6").artifact == []
    with pytest.raises(ValueError, match="no passage"):
        call(read_on, passage_id="thoreau-walden §99")


def test_no_key_means_the_keyless_model() -> None:
    assert model_name({}) == KEYLESS
    assert isinstance(chat_model(KEYLESS), QuotingChatModel)


def test_a_named_model_wins() -> None:
    assert model_name({"DURAGRAPH_DEMO_MODEL": "openai:x", "ANTHROPIC_API_KEY": "k"}) == "openai:x"
    assert model_name({"DURAGRAPH_DEMO_MODEL": KEYLESS, "ANTHROPIC_API_KEY": "k"}) == KEYLESS


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which of the providers' packages can be found."""
    names: list[str] = []
    spec = importlib.machinery.ModuleSpec("x", None)
    monkeypatch.setattr(provider, "find_spec", lambda name: spec if name in names else None)
    return names


def test_a_key_without_its_package_is_said_and_not_used(installed: list[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert model_name({"OPENAI_API_KEY": "very-secret"}) == KEYLESS
    assert "OPENAI_API_KEY is set" in caplog.text
    assert "install langchain and langchain-openai" in caplog.text
    assert "very-secret" not in caplog.text


def test_the_first_key_with_its_package_chooses_the_provider(installed: list[str]) -> None:
    installed += ["langchain", "langchain_google_genai"]
    keys = {"OPENAI_API_KEY": "a", "GOOGLE_API_KEY": "b"}
    assert model_name(keys).startswith("google_genai:")


def test_a_named_model_without_its_package_is_an_error(installed: list[str]) -> None:
    with pytest.raises(ModelUnavailable, match="install langchain and langchain-anthropic"):
        chat_model("anthropic:named-without-package")


def test_a_provider_is_opened_by_init_chat_model(installed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    installed += ["langchain", "langchain_openai"]
    opened = FakeListChatModel(responses=["hello"])
    module = types.ModuleType("langchain.chat_models")
    module.init_chat_model = lambda name: opened if name == "openai:some" else None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "langchain", types.ModuleType("langchain"))
    monkeypatch.setitem(sys.modules, "langchain.chat_models", module)
    monkeypatch.setenv("DURAGRAPH_DEMO_MODEL", "openai:some")
    assert chat_model() is opened
