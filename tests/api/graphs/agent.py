"""A tool-calling agent on a deterministic model that streams its words."""

import re
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import StreamWriter


@tool
def add(left: int, right: int) -> int:
    """Add two numbers."""
    return left + right


class SumModel(BaseChatModel):
    """Asks for `add` when the question holds two numbers, then says the result word by word."""

    @property
    def _llm_type(self) -> str:
        return "sum-model"

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            return AIMessage(f"The sum is {last.content} exactly")
        numbers = [int(text) for text in re.findall(r"\d+", str(last.content))]
        if len(numbers) < 2:
            return AIMessage("Name two numbers")
        call = tool_call(name="add", args={"left": numbers[0], "right": numbers[1]}, id="call-1")
        return AIMessage("", tool_calls=[call])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._reply(messages)
        if reply.tool_calls:
            call = reply.tool_calls[0]
            args = f'{{"left": {call["args"]["left"]}, "right": {call["args"]["right"]}}}'
            chunk = tool_call_chunk(name="add", args=args, id=call["id"], index=0)
            yield ChatGenerationChunk(message=AIMessageChunk("", tool_call_chunks=[chunk]))
            return
        for word in re.findall(r"\S+\s*", str(reply.content)):
            yield ChatGenerationChunk(message=AIMessageChunk(word))


model = SumModel()


def think(state: MessagesState) -> dict:
    return {"messages": [model.invoke(state["messages"])]}


def next_step(state: MessagesState) -> str:
    return "tools" if getattr(state["messages"][-1], "tool_calls", None) else END


builder = StateGraph(MessagesState)
builder.add_node("model", think)
builder.add_node("tools", ToolNode([add]))
builder.add_edge(START, "model")
builder.add_conditional_edges("model", next_step, ["tools", END])
builder.add_edge("tools", "model")
agent = builder.compile()


def notice(state: MessagesState, writer: StreamWriter) -> None:
    writer("noticed inside")


def close(state: MessagesState, writer: StreamWriter) -> None:
    writer("closing outside")


crew_builder = StateGraph(MessagesState)
crew_builder.add_node("notice", notice)
crew_builder.add_node("agent", agent)
crew_builder.add_edge(START, "notice")
crew_builder.add_edge("notice", "agent")

team_builder = StateGraph(MessagesState)
team_builder.add_node("crew", crew_builder.compile())
team_builder.add_node("close", close)
team_builder.add_edge(START, "crew")
team_builder.add_edge("crew", "close")
team = team_builder.compile()
