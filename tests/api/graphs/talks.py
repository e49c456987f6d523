"""Graphs that talk and take their time: one asks back, one waits as many seconds as it is told."""

import asyncio

from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt


def ask(state: MessagesState) -> dict:
    reply = interrupt(f"May I {state['messages'][-1].content}?")
    return {"messages": [AIMessage(f"You said {reply}", id="answer")]}


approval_builder = StateGraph(MessagesState)
approval_builder.add_node("ask", ask)
approval_builder.add_edge(START, "ask")
approval = approval_builder.compile()


async def wait(state: MessagesState) -> dict:
    await asyncio.sleep(float(state["messages"][-1].content))
    return {"messages": [AIMessage("Done waiting", id="waited")]}


patient_builder = StateGraph(MessagesState)
patient_builder.add_node("wait", wait)
patient_builder.add_edge(START, "wait")
patient = patient_builder.compile()
