"""Graphs of every shape whose state must read the same from stored JSON as from the graph itself.

Each entry of SHAPES makes (graph, inputs); an input is a value, a Command, or a Step that does something else.
"""

import dataclasses
import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.channels import DeltaChannel, EphemeralValue, Topic, UntrackedValue
from langgraph.func import entrypoint, task
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.managed import RemainingSteps
from langgraph.types import Command, RetryPolicy, Send, interrupt
from pydantic import BaseModel


@dataclasses.dataclass(frozen=True)
class Update:
    """Update the state as a node, at the latest checkpoint or `back` checkpoints before it; `nested` the subgraph's."""

    values: Any
    as_node: str | None = None
    back: int = 0
    nested: bool = False


@dataclasses.dataclass(frozen=True)
class Supersteps:
    """Write several supersteps at once, each of several updates."""

    steps: list[list[dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Fork:
    """Run again from `back` checkpoints before the latest."""

    back: int


class State(TypedDict, total=False):
    xs: Annotated[list[Any], operator.add]
    n: int
    s: str


Shape = tuple[Any, list[Any]]
SHAPES: dict[str, Callable[[], Shape]] = {}


def shape(make: Callable[[], Shape]) -> Callable[[], Shape]:
    SHAPES[make.__name__] = make
    return make


def adds(name: str, **more: Any) -> Callable[[Any], dict[str, Any]]:
    def node(state: Any) -> dict[str, Any]:
        return {"xs": [name], **more}

    return node


def asks(question: Any) -> Callable[[State], dict[str, Any]]:
    def node(state: State) -> dict[str, Any]:
        return {"xs": [interrupt(question)]}

    return node


def chain(schema: type, *nodes: tuple[str, Any]) -> StateGraph:
    builder = StateGraph(schema)
    previous = START
    for name, node in nodes:
        builder.add_node(name, node)
        builder.add_edge(previous, name)
        previous = name
    return builder


def two_nodes() -> StateGraph:
    return chain(State, ("a", adds("a", n=1)), ("b", adds("b", s="t")))


@shape
def linear() -> Shape:
    return two_nodes().compile(), [{"xs": ["i"]}]


@shape
def two_turns() -> Shape:
    return two_nodes().compile(), [{"xs": ["i"]}, {"xs": ["j"]}]


@shape
def conditional() -> Shape:
    builder = chain(State, ("a", adds("a", n=3)))
    builder.add_node("b", adds("b"))
    builder.add_node("c", adds("c"))
    builder.add_conditional_edges("a", lambda state: "c" if state["n"] > 2 else "b")
    return builder.compile(), [{"xs": []}]


@shape
def sends() -> Shape:
    builder = chain(State, ("a", adds("a")))
    builder.add_node("w", lambda state: {"xs": [state["k"]]})
    builder.add_conditional_edges("a", lambda _: [Send("w", {"k": number}) for number in range(4)], ["w"])
    return builder.compile(), [{"xs": []}]


@shape
def sends_that_ask() -> Shape:
    builder = chain(State, ("a", adds("a")))
    builder.add_node("w", lambda state: {"xs": [interrupt(state["k"]) if state["k"] else state["k"]]})
    builder.add_node("z", adds("z"))
    builder.add_conditional_edges("a", lambda _: [*(Send("w", {"k": number}) for number in range(2)), "z"], ["w", "z"])
    return builder.compile(), [{"xs": []}]


@shape
def parallel() -> Shape:
    builder = chain(State, ("a", adds("a")))
    for name in "bcd":
        builder.add_node(name, adds(name))
    builder.add_edge("a", "b")
    builder.add_edge("a", "c")
    builder.add_edge(["b", "c"], "d")
    return builder.compile(), [{"xs": []}]


def one_question() -> Any:
    return chain(State, ("a", adds("a")), ("q", asks({"ask": "ok?"}))).compile()


@shape
def question_open() -> Shape:
    return one_question(), [{"xs": []}]


@shape
def question_answered() -> Shape:
    return one_question(), [{"xs": []}, Command(resume="yes")]


@shape
def question_left_behind() -> Shape:
    return one_question(), [{"xs": []}, {"xs": ["instead"]}]


def side_by_side() -> StateGraph:
    builder = StateGraph(State)
    for name, node in (("q1", asks("one")), ("q2", asks("two")), ("ok", adds("ok", n=7))):
        builder.add_node(name, node)
        builder.add_edge(START, name)
    return builder


@shape
def two_questions() -> Shape:
    return side_by_side().compile(), [{"xs": ["i"]}]


@shape
def one_of_two_answered() -> Shape:
    return side_by_side().compile(), [{"xs": ["i"]}, FirstAnswer("A")]


@dataclasses.dataclass(frozen=True)
class FirstAnswer:
    """Answer the first open question by its id."""

    value: Any


@shape
def asks_twice() -> Shape:
    def node(state: State) -> dict[str, Any]:
        return {"xs": [interrupt("one"), interrupt("two")]}

    builder = chain(State, ("q", node))
    builder.add_node("ok", adds("ok"))
    builder.add_edge(START, "ok")
    return builder.compile(), [{"xs": []}, Command(resume="A")]


@shape
def paused_before() -> Shape:
    return two_nodes().compile(interrupt_before=["b"]), [{"xs": ["i"]}]


@shape
def paused_after() -> Shape:
    return two_nodes().compile(interrupt_after=["a"]), [{"xs": ["i"]}]


@shape
def command_updates() -> Shape:
    return one_question(), [{"xs": []}, Command(resume="yes", update={"xs": ["upd"], "n": 9})]


@shape
def command_updates_and_pauses() -> Shape:
    def node(state: State) -> dict[str, Any]:
        return {"xs": [interrupt("one"), interrupt("two")]}

    return chain(State, ("q", node)).compile(), [{"xs": []}, Command(resume="A", update={"n": 4})]


@shape
def command_goes() -> Shape:
    builder = chain(State, ("a", lambda _: Command(goto="c", update={"xs": ["a"]})))
    builder.add_node("b", adds("b"))
    builder.add_node("c", adds("c"))
    return builder.compile(), [{"xs": []}]


@shape
def input_goes() -> Shape:
    return two_nodes().compile(), [{"xs": []}, Command(goto="b", update={"n": 5})]


def child(checkpointer: Any = None) -> Any:
    return chain(State, ("s1", adds("s1")), ("s2", asks("sub?"))).compile(checkpointer=checkpointer)


def parent(checkpointer: Any = None) -> Any:
    return chain(State, ("a", adds("a")), ("sub", child(checkpointer))).compile()


@shape
def subgraph_asks() -> Shape:
    return parent(), [{"xs": []}]


@shape
def subgraph_answered() -> Shape:
    return parent(), [{"xs": []}, Command(resume="r")]


@shape
def subgraph_with_history_asks() -> Shape:
    return parent(True), [{"xs": []}]


@shape
def subgraph_with_history_answered() -> Shape:
    return parent(True), [{"xs": []}, Command(resume="r")]


@shape
def paused_before_subgraph() -> Shape:
    return chain(State, ("a", adds("a")), ("sub", child())).compile(interrupt_before=["sub"]), [{"xs": []}]


@shape
def deep_subgraphs() -> Shape:
    middle = chain(State, ("m", adds("m")), ("inner", child()))
    middle.add_node("side", adds("side"))
    middle.add_edge("m", "side")
    return chain(State, ("a", adds("a")), ("middle", middle.compile())).compile(), [{"xs": []}]


@shape
def fails() -> Shape:
    def bad(state: State) -> dict[str, Any]:
        raise ValueError("boom")

    builder = chain(State, ("a", adds("a")))
    builder.add_node("bad", bad)
    builder.add_node("fine", adds("fine", n=5))
    builder.add_edge("a", "bad")
    builder.add_edge("a", "fine")
    return builder.compile(), [{"xs": []}]


@shape
def messages() -> Shape:
    class Chat(MessagesState):
        k: str

    call = {"name": "t", "args": {"a": 1}, "id": "c1"}
    reply = [AIMessage("hello", tool_calls=[call]), ToolMessage("r", tool_call_id="c1")]
    graph = chain(Chat, ("m", lambda _: {"messages": reply})).compile()
    return graph, [{"messages": [{"role": "user", "content": text}]} for text in ("hi", "again")]


class Item(BaseModel):
    x: int = 1
    y: str | None = None


class Model(BaseModel):
    xs: Annotated[list[Any], operator.add] = []
    p: Item | None = None
    n: int = 0


@dataclasses.dataclass
class Record:
    a: int = 1
    p: Item | None = None
    xs: Annotated[list[Any], operator.add] = dataclasses.field(default_factory=list)


@shape
def pydantic_state() -> Shape:
    return chain(Model, ("a", lambda _: {"p": Item(x=4), "n": 2, "xs": [Item()]})).compile(), [{"xs": [1]}]


@shape
def dataclass_state() -> Shape:
    return chain(Record, ("a", lambda _: {"p": Item(x=4), "a": 2, "xs": ["q"]})).compile(), [{"xs": [1]}]


def joined(state: list[Any], writes: list[list[Any]]) -> list[Any]:
    return [*state, *(value for write in writes for value in write)]


class Delta(TypedDict, total=False):
    xs: Annotated[list[Any], DeltaChannel(joined, list, snapshot_frequency=3)]
    n: int


@shape
def delta_channel() -> Shape:
    return chain(Delta, *((name, adds(name)) for name in "abcde")).compile(), [{"xs": ["i"]}, {"xs": ["j"]}]


class Exotic(TypedDict, total=False):
    xs: Annotated[list[Any], operator.add]
    e: Annotated[str, EphemeralValue]
    u: Annotated[dict[str, Any], UntrackedValue]
    t: Annotated[list[str], Topic(str)]
    rs: RemainingSteps


@shape
def exotic_channels() -> Shape:
    def node(state: Exotic) -> dict[str, Any]:
        return {"xs": [state["rs"]], "e": "eph", "u": {"un": "t"}, "t": ["t1"]}

    return chain(Exotic, ("a", node), ("b", lambda _: {"xs": ["b"]})).compile(), [{"xs": []}]


class Narrow(TypedDict):
    n: int


class Entry(TypedDict):
    xs: list[Any]


class Wide(TypedDict, total=False):
    xs: Annotated[list[Any], operator.add]
    n: int
    hidden: str


@shape
def narrow_output() -> Shape:
    builder = StateGraph(Wide, input_schema=Entry, output_schema=Narrow)
    builder.add_node("a", lambda _: {"n": 1, "hidden": "h"})
    builder.add_edge(START, "a")
    return builder.compile(), [{"xs": ["q"]}]


@shape
def deferred() -> Shape:
    builder = StateGraph(State)
    builder.add_node("a", adds("a"))
    builder.add_node("b", adds("b"))
    builder.add_node("d", adds("d"), defer=True)
    for left, right in ((START, "a"), (START, "b"), ("b", "d"), ("a", "d")):
        builder.add_edge(left, right)
    return builder.compile(), [{"xs": []}]


def functional() -> Any:
    @task
    def increment(x: int) -> int:
        return x + 1

    @entrypoint()
    def flow(x: int, *, previous: Any = None) -> Any:
        a = increment(x).result()
        b = interrupt("q")
        return entrypoint.final(value=a, save=b)

    return flow


@shape
def functional_answered() -> Shape:
    return functional(), [1, Command(resume="go")]


@shape
def functional_open() -> Shape:
    return functional(), [1]


@shape
def updated() -> Shape:
    return two_nodes().compile(), [{"xs": ["i"]}, Update({"xs": ["U"], "n": 3}, "a")]


@shape
def forked() -> Shape:
    return two_nodes().compile(), [{"xs": ["i"]}, Fork(1)]


@shape
def updated_fork() -> Shape:
    return two_nodes().compile(), [{"xs": ["i"]}, Update({"xs": ["F"]}, back=1)]


@shape
def updated_then_run() -> Shape:
    return two_nodes().compile(), [{"xs": ["i"]}, Update({"xs": ["U"]}, "a"), None]


@shape
def updated_while_asking() -> Shape:
    return one_question(), [{"xs": []}, Update({"n": 8})]


@shape
def updated_while_asking_then_answered() -> Shape:
    return one_question(), [{"xs": []}, Update({"n": 8}), Command(resume="yes"), None, Command(resume="yes")]


@shape
def question_answered_by_update() -> Shape:
    return one_question(), [{"xs": []}, Update({"xs": ["by hand"]}, "q")]


@shape
def one_of_two_answered_by_update() -> Shape:
    return side_by_side().compile(), [{"xs": ["i"]}, Update({"xs": ["by hand"]}, "q1"), None]


@shape
def updated_before_answered_by_command() -> Shape:
    return one_question(), [{"xs": []}, Command(update={"n": 9}), Update({"n": 10})]


@shape
def fork_updated_twice_then_run() -> Shape:
    return two_nodes().compile(), [
        {"xs": ["i"]},
        Update({"xs": ["F"]}, "a", back=2),
        Update({"xs": ["G"]}, back=1),
        None,
    ]


@shape
def subgraph_updated_while_asking() -> Shape:
    return parent(), [{"xs": []}, Update({"n": 6}, nested=True)]


@shape
def subgraph_updated_then_answered() -> Shape:
    return parent(), [{"xs": []}, Update({"n": 6}, nested=True), Command(resume="r"), None]


@shape
def subgraph_with_history_updated() -> Shape:
    return parent(True), [{"xs": []}, Update({"n": 6}, nested=True)]


@shape
def parent_of_asking_subgraph_updated() -> Shape:
    return parent(), [{"xs": []}, Update({"n": 6})]


@shape
def subgraph_answered_by_update() -> Shape:
    return parent(), [{"xs": []}, Update({"xs": ["by hand"]}, "sub")]


@shape
def written_in_supersteps() -> Shape:
    steps = [
        [{"values": {"xs": ["first"]}, "as_node": "__input__"}],
        [{"values": {"xs": ["second"]}, "as_node": "a"}],
        [{"command": {"update": {"xs": ["third"]}, "goto": "a"}, "as_node": "b"}],
    ]
    return two_nodes().compile(), [Supersteps(steps), None]


@shape
def written_by_several_nodes() -> Shape:
    updates = [{"values": {"xs": [name]}, "as_node": name} for name in ("a", "b")]
    return two_nodes().compile(), [{"xs": ["i"]}, Supersteps([updates])]


@shape
def state_copied() -> Shape:
    return one_question(), [{"xs": []}, Update(None, "__copy__")]


@shape
def tasks_cleared() -> Shape:
    return one_question(), [{"xs": []}, Update(None, "__end__")]


@shape
def delta_channel_updated() -> Shape:
    graph = chain(Delta, *((name, adds(name)) for name in "abcde")).compile()
    return graph, [{"xs": ["i"]}, Update({"xs": ["U"]}, "b"), Update({"n": 3}), None]


@shape
def functional_updated() -> Shape:
    return functional(), [1, Update(7, "flow"), 2]


@shape
def messages_updated() -> Shape:
    graph = chain(MessagesState, ("m", lambda _: {"messages": [AIMessage("hello", id="m1")]})).compile()
    changed = {"messages": [{"role": "assistant", "content": "changed", "id": "m1"}]}
    return graph, [{"messages": [{"role": "user", "content": "hi", "id": "m0"}]}, Update(changed)]


@shape
def sends_that_ask_updated() -> Shape:
    graph, inputs = sends_that_ask()
    return graph, [*inputs, Update({"xs": ["U"]}, "a")]


@shape
def retried() -> Shape:
    calls = [0]

    def node(state: State) -> dict[str, Any]:
        calls[0] += 1
        if calls[0] < 3:
            raise ValueError("x")
        return {"xs": ["ok"]}

    builder = StateGraph(State)
    builder.add_node("a", node, retry_policy=RetryPolicy(initial_interval=0.01, retry_on=ValueError))
    builder.add_edge(START, "a")
    return builder.compile(), [{"xs": []}]


@shape
def writes_nothing() -> Shape:
    builder = chain(State, ("a", lambda _: None), ("b", lambda _: {}))
    builder.add_node("q", asks("?"))
    builder.add_edge("a", "q")
    return builder.compile(), [{"xs": []}]


@shape
def odd_values() -> Shape:
    odd = {"big": 2**70, "bytes": b"\x00\xff", "nul": "a\x00b", "nan": float("nan"), "float": 1e16, "set": {1}}
    return chain(State, ("a", lambda _: {"xs": [odd], "s": "a\x00b"})).compile(), [{"xs": [1e16]}]
