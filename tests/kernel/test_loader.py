"""Projects and their graphs: what loads, and how what does not load is named."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from duragraph_kernel.describe import describe
from duragraph_kernel.loader import load_graphs
from duragraph_kernel.project import Project, ProjectError, read_project

GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
class State(TypedDict, total=False):
    n: int
builder = StateGraph(State).add_node("a", lambda state: {"n": 1}).add_edge(START, "a")
compiled = builder.compile()
def make(config):
    return builder
number = 42
"""


@pytest.fixture(autouse=True)
def _own_modules() -> Iterator[None]:
    modules, path, environment = set(sys.modules), list(sys.path), dict(os.environ)
    yield
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    sys.path[:] = path
    for name in set(os.environ) - set(environment):
        del os.environ[name]


def write(folder: Path, files: dict[str, str], **config: Any) -> Project:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "langgraph.json").write_text(json.dumps(config))
    return read_project(folder)


def test_files_modules_builders_and_factories(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {"made_here/graphs.py": GRAPH, "made_here/__init__.py": "", "odd-name.py": GRAPH},
        dependencies=["."],
        graphs={
            "file": "./made_here/graphs.py:compiled",
            "module": "made_here.graphs:builder",
            "factory": {"path": "./made_here/graphs.py:make"},
            "odd": "./odd-name.py:compiled",
        },
    )
    project.enter()
    served, broken = load_graphs(project)
    assert broken == []
    assert [graph.graph_id for graph in served] == ["file", "module", "factory", "odd"]
    assert sys.modules["made_here.graphs"].compiled is not None, "a file has the name that its project gives it"
    assert served[0].source_hash == served[1].source_hash != ""


def test_a_graph_that_does_not_import_is_named_and_the_others_serve(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "fine_graph.py": GRAPH,
            "syntax_graph.py": "x = 1\ny = (\n",
            "raising_graph.py": "import json\n\ndef f():\n    raise RuntimeError('no model')\n\nf()\n",
        },
        graphs={
            "fine": "./fine_graph.py:compiled",
            "syntax": "./syntax_graph.py:graph",
            "raising": "./raising_graph.py:graph",
            "missing": "./absent_graph.py:graph",
            "unnamed": "./fine_graph.py:nothing",
            "number": "./fine_graph.py:number",
            "outside": "../outside.py:graph",
        },
    )
    (tmp_path.parent / "outside.py").write_text(GRAPH)
    project.enter()
    served, broken = load_graphs(project)
    assert [graph.graph_id for graph in served] == ["fine"]
    found = {failure.graph_id: failure for failure in broken}
    assert (found["syntax"].exception, found["syntax"].line) == ("SyntaxError", 2)
    assert found["syntax"].file == str(tmp_path / "syntax_graph.py")
    assert (found["raising"].exception, found["raising"].line) == ("RuntimeError", 4)
    assert found["raising"].error == {
        "file": str(tmp_path / "raising_graph.py"),
        "line": 4,
        "exception": "RuntimeError",
        "message": "no model",
    }
    assert found["missing"].exception == "FileNotFoundError"
    assert 'no attribute "nothing"' in found["unnamed"].message
    assert "neither a graph" in found["number"].message
    assert found["outside"].exception == "PermissionError"


def test_env_is_set_before_graphs_are_imported_and_does_not_override(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALREADY_SET", "here")
    file = "import os\nassert os.environ['FROM_PROJECT'] == 'yes'\n" + GRAPH
    files = {"env_graph.py": file, ".env": "FROM_PROJECT=yes\nALREADY_SET=there\n"}
    project = write(tmp_path, files, graphs={"g": "./env_graph.py:compiled"}, env=".env")
    project.enter()
    assert load_graphs(project)[1] == []
    assert os.environ["ALREADY_SET"] == "here"
    assert write(tmp_path, {}, graphs={"g": "./env_graph.py:compiled"}, env={"A": 1}).env == {"A": "1"}


def test_dependencies_go_on_the_path_and_packages_are_only_named(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {"lib/src/helper_lib.py": "N = 3\n", "needs_lib.py": "import helper_lib\n" + GRAPH},
        dependencies=[".", "./lib", "requests"],
        graphs={"g": "./needs_lib.py:compiled"},
    )
    assert project.packages == ("requests",)
    project.enter()
    assert load_graphs(project)[1] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "an object is expected"),
        ("{}", '"graphs" must map'),
        ('{"graphs": {"g": "nowhere"}}', 'graph "g"'),
        ('{"graphs": {"g": "a.py:b"}, "dependencies": "."}', '"dependencies"'),
        ('{"graphs": {"g": "a.py:b"}, "dependencies": ["./gone"]}', "no such folder"),
        ('{"graphs": {"g": "a.py:b"}, "env": "gone.env"}', "no such file"),
        ('{"graphs": {"g": "a.py:b"}, "env": 3}', '"env" must be'),
    ],
)
def test_a_project_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "langgraph.json").write_text(text)
    with pytest.raises(ProjectError) as raised:
        read_project(tmp_path / "langgraph.json")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_no_project_file(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no such file"):
        read_project(tmp_path)


def test_a_library_is_not_the_projects_though_its_environment_may_lie_in_it() -> None:
    around = Project(Path(os.path.commonpath([orjson.__file__, __file__])), {})
    within = Project(Path(orjson.__file__).parent, {})
    assert around.owns(__file__)
    assert not around.owns(orjson.__file__)
    assert within.owns(orjson.__file__)


def test_a_description_has_topology_schemas_and_what_the_read_model_needs() -> None:
    from tests.kernel.shapes import SHAPES

    graph = SHAPES["deep_subgraphs"]()[0]
    found = describe(graph, "deep")
    assert list(found["graph"]) == ["0", "1", "2"]
    assert {node["id"] for node in found["graph"]["0"]["nodes"]} == {"__start__", "a", "middle", "__end__"}
    assert {"id": "a", "type": "runnable", "data": {"name": "a"}} in found["graph"]["0"]["nodes"]
    assert {"id": "__end__"} in found["graph"]["0"]["nodes"]
    assert "middle:inner:s1" in {node["id"] for node in found["graph"]["2"]["nodes"]}
    assert found["schemas"]["state_schema"]["title"] == "deep_state"
    assert found["schemas"]["input_schema"]["properties"].keys() == {"xs", "n", "s"}
    assert found["subgraphs"].keys() == {"middle", "middle|inner"}
    info = found["info"]
    assert info["keys"] == ["xs", "n", "s"]
    assert info["subs"]["middle"]["subs"]["inner"]["order"] == ["__start__", "s1", "s2"]
