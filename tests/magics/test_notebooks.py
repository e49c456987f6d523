"""The magics in a headless notebook: nothing blocks, and what stays in the file can be read without a kernel."""

from __future__ import annotations

from nbconvert import HTMLExporter

from tests.magics.notebooks import Notebook

WIDGET = "application/vnd.jupyter.widget-view+json"


def test_a_run_is_shown_awaited_and_kept(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            '%%duragraph run agent --as mine\n{"messages": [{"role": "user", "content": "add 3 and 4"}]}',
            'print(_ is mine); (await mine)["messages"][-1]["content"]',
            "mine",
        ],
        environment,
    )
    assert notebook.stream(2) == "True\n"
    assert notebook.data(2) == "'The sum is 7 exactly'"
    assert notebook.mimes(1) == {"text/plain", "text/html"}
    assert notebook.data(1).endswith("of agent: success>")
    html = notebook.data(1, "text/html")
    assert html.count("<svg") == 2
    assert "The sum is 7 exactly" in html
    assert notebook.data(3, "text/html").count("<svg") == 2
    page, _ = HTMLExporter().from_notebook_node(notebook.node)
    assert "The sum is 7 exactly" in page
    assert "model_id" not in page


def test_a_cell_returns_at_once_and_the_kernel_is_free(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext\nimport time\nbegan = time.monotonic()",
            '%%duragraph run slow --as slow\n{"seconds": 30}',
            "slow.status in ('pending', 'running'), 1 + 1, time.monotonic() - began < 30",
            "slow.cancel()",
            "try:\n    await slow\nexcept Exception as error:\n    print(type(error).__name__)",
        ],
        environment,
    )
    assert notebook.data(2) == "(True, 2, True)"
    assert notebook.stream(4) == "RunCancelled\n"
    assert notebook.data(1).endswith("of slow: cancelled>")


def test_a_question_is_shown_and_its_answer_goes_on_in_the_same_view(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            '%%duragraph run single --as first\n{"topic": "tea"}',
            "await first",
            "first.interrupts",
            'second = first.resume("yes")\n(await second)["answers"]',
            "%%duragraph run single --as third\n{}",
            "await third",
        ],
        environment,
    )
    assert "__interrupt__" in notebook.data(2)
    assert "Interrupt of ask" in notebook.data(3)
    assert notebook.data(4) == "['prepared', 'ask: yes', 'finished']"
    assert notebook.mimes(1) == {"text/plain", "text/html"}
    assert notebook.data(1).endswith("of single: success>")
    assert "ask: yes" in notebook.data(1, "text/html")
    assert notebook.mimes(5) == {"text/plain", "text/html", WIDGET}
    assert "waiting for an answer" in notebook.data(5, "text/html")


def test_waiting_in_the_cell_and_failing(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            '%%duragraph run failing --wait\n{"text": "<b>no luck</b>"}',
            '%%duragraph run chain --wait --as done\n{"count": start}',
            "start = 5\n%duragraph run chain --wait --as done --input \"{'count': start}\"\n",
            "done.status, done.state['values']['count']",
            '%%duragraph run slow --wait --timeout 0.2\n{"seconds": 20}',
            "_.cancel()",
        ],
        environment,
    )
    assert "UsageError: the run failed: ValueError: <b>no luck</b>" in notebook.stream(1)
    assert "<b>no luck" not in notebook.data(1, "text/html")
    assert "NameError: name 'start' is not defined" in notebook.stream(2)
    assert notebook.data(4) == "('success', 8)"
    assert "the run has not ended within 0.2 s" in notebook.stream(5)


def test_breakpoints_threads_and_configuration(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            '%%duragraph run chain --interrupt-before b --as paused\n{"count": 1}',
            "await paused",
            "paused.state['next'], paused.status",
            "%%duragraph run chain --thread paused --as more\nNone",
            "(await more)['trail']",
            "%%duragraph run settings --context {\"'language'\":\"'fr'\"} --wait --as given\n{}",
            "given.state['values']['report']['context']",
        ],
        environment,
    )
    assert notebook.data(3) == "(['b'], 'interrupted')"
    assert notebook.data(5) == "['a', 'b', 'c']"
    for view in (1, 4):
        assert notebook.mimes(view) == {"text/plain", "text/html"}
        assert notebook.data(view).endswith("of chain: success>")
    assert "'fr'" in notebook.data(7)


def test_looking_around(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            "%duragraph status",
            "%duragraph graph agent",
            "%%duragraph run chain --wait\n{}",
            "%duragraph runs --graph chain --limit 1",
            "list(_['graph_id']), len(_)",
            "%duragraph connect",
            "%duragraph --help",
        ],
        environment,
    )
    assert "graph agent: served by 1 worker" in notebook.data(1)
    assert notebook.mimes(2) == {"text/plain", "text/html", "text/vnd.mermaid"}
    assert notebook.data(5) == "(['chain'], 1)"
    assert "DURAGRAPH_URL" in notebook.data(6)
    assert environment["DURAGRAPH_TOKEN"] not in notebook.data(6)
    assert "kill-worker" in notebook.stream(7)


def test_mistakes_are_one_line_each(environment: dict[str, str]) -> None:
    cells = {
        "%%duragraph run agnt\n{}": "no graph 'agnt'; did you mean agent?",
        "%duragraph graph xyzzy": "no graph 'xyzzy' (there are agent,",
        "%%duragraph status\n{}": "%%duragraph status takes no body",
        "%%duragraph run agent --as a-b\n{}": "--as 'a-b': a variable's name is needed",
        "%%duragraph run agent\n{'x': object()}": "input.x is a object, which cannot be sent as JSON",
        "%%duragraph run agent --thread nowhere\n{}": "must be a UUID",
        "%duragraph watch 12": "HTTP 4",
        "%duragraph kill-worker nobody": "no worker 'nobody' is alive",
        "%duragraph serve missing": "there is no variable missing",
        "x = 1\n%duragraph serve x": "x is a int, no graph",
        "%duragraph stop g": "this kernel does not serve 'g'",
        "%duragraph connect http://127.0.0.1:1": "Connection refused",
    }
    notebook = Notebook(["%load_ext duragraph_ext", *cells], environment)
    for index, reason in enumerate(cells.values(), start=1):
        text = notebook.stream(index)
        assert reason in text
        assert text.startswith("UsageError: ")
        assert "Traceback" not in text
        assert text.strip().count("\n") == 0


def test_a_killed_worker_is_seen_and_the_run_ends(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            '%%duragraph run slow --as run\n{"seconds": 2}',
            "while 'sleep' not in list(run.executions()['node']):\n    pass",
            "%duragraph kill-worker",
            "(await run)['steps']",
            "list(run.events().query(\"event_type == 'run.retried'\")['event_type'])",
            "list(run.executions().query(\"node == 'mark'\")['attempt'])",
        ],
        environment,
    )
    assert "killed worker" in notebook.data(3)
    assert notebook.data(4) == "2"
    assert notebook.data(5) == "['run.retried']"
    assert notebook.data(6) == "[1]"
    assert "was lost" in notebook.data(1, "text/html")


CELL_GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph

class Number(TypedDict):
    n: int

def double(state: Number) -> dict:
    return {"n": state["n"] * FACTOR}

FACTOR = 2
builder = StateGraph(Number)
builder.add_node("double", double)
builder.add_edge(START, "double")
doubler = builder.compile()
"""


def test_a_graph_of_a_cell_is_served_by_the_notebook_itself(environment: dict[str, str]) -> None:
    notebook = Notebook(
        [
            "%load_ext duragraph_ext",
            CELL_GRAPH,
            "%duragraph serve doubler",
            '%%duragraph run doubler --as first\n{"n": 21}',
            "(await first)['n']",
            "FACTOR = 3",
            '%%duragraph run doubler --as second\n{"n": 21}',
            "(await second)['n']",
            "%duragraph stop",
            "%duragraph stop doubler",
        ],
        environment,
    )
    assert "served from this kernel" in notebook.data(2)
    assert notebook.data(4) == "42"
    assert notebook.data(7) == "63"
    assert "stopped: doubler" in notebook.data(8)
    assert "this kernel does not serve 'doubler'" in notebook.stream(9)
