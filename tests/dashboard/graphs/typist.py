"""A model that writes one word after the other until a test opens its gate."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.graph import END, START, MessagesState, StateGraph


class Typist(BaseChatModel):
    gate: str

    @property
    def _llm_type(self) -> str:
        return "typist"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("word done"))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        gate = Path(self.gate)
        while not gate.exists():  # noqa: ASYNC240
            yield ChatGenerationChunk(message=AIMessageChunk("word "))
            await asyncio.sleep(0.02)
        yield ChatGenerationChunk(message=AIMessageChunk("done"))


class Page(MessagesState):
    question: str
    gate: str


async def write(state: Page) -> dict[str, Any]:
    return {"messages": [await Typist(gate=state["gate"]).ainvoke(state["question"])]}


builder = StateGraph(Page)
builder.add_node("write", write)
builder.add_edge(START, "write")
builder.add_edge("write", END)
typing = builder.compile()
