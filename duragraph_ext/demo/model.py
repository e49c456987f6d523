"""A chat model that needs no key: it plans tool calls and quotes. Deterministic, so that runs repeat."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import ToolCall
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from duragraph_ext.demo.planning import plan
from duragraph_ext.demo.retrieval import corpus

_TOKEN = re.compile(r"\s*\S+|\s+$")


class QuotingChatModel(BaseChatModel):
    """Answers from the passages in its prompt, by quotation; asks its tools for what it lacks.

    It has no knowledge of its own but how rare each word is. A token is a word.
    """

    token_delay: float = Field(default=0.0, ge=0)
    """Seconds to wait before each token, so that people see them come."""
    rarity: Callable[[str], float] = Field(default_factory=lambda: corpus().rarity, exclude=True)

    @property
    def _llm_type(self) -> str:
        return "duragraph-quoting"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self._llm_type}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Offer tools to the model; `tool_choice="none"` makes it answer without them."""
        if tool_choice not in (None, "auto", "none"):
            raise ValueError(f"tool_choice {tool_choice!r} is not supported: this model decides by itself")
        offered = [] if tool_choice == "none" else [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=offered, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._chunks(messages, stop, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, stop, **kwargs):
            if self.token_delay:
                time.sleep(self.token_delay)
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, stop, **kwargs):
            await asyncio.sleep(self.token_delay)
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _chunks(
        self, messages: list[BaseMessage], stop: list[str] | None, tools: Sequence[dict[str, Any]] = ()
    ) -> Iterator[ChatGenerationChunk]:
        names = frozenset(tool["function"]["name"] for tool in tools)
        reply = plan(messages, names, self.rarity)
        text = _until(reply.text, stop or [])
        tokens = _TOKEN.findall(text)
        for token in tokens:
            yield ChatGenerationChunk(message=AIMessageChunk(content=token))
        calls = [
            ToolCall(name=name, args=args, id=f"call_{len(messages)}_{place}", type="tool_call")
            for place, (name, args) in enumerate(reply.calls)
        ]
        read = sum(len(message.text.split()) for message in messages)
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                tool_calls=calls,
                usage_metadata=UsageMetadata(
                    input_tokens=read, output_tokens=len(tokens), total_tokens=read + len(tokens)
                ),
                response_metadata={"model_name": self._llm_type},
                chunk_position="last",
            )
        )


def _until(text: str, stop: list[str]) -> str:
    ends = [place for word in stop if (place := text.find(word)) >= 0]
    return text[: min(ends)] if ends else text
