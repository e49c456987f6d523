"""Finding assistants, and what a graph looks like from outside."""

import uuid

from wire.masking import GRAPH_NAMESPACE
from wire.talk import Talk

GRAPHS = ("agent", "chain", "nested", "router")


async def run(talk: Talk) -> None:
    assistants = talk.sdk.assistants
    group = talk.new_id("group")
    for number in range(3):
        await assistants.create("chain", metadata={"group": group, "number": number}, name=f"Alpha {group} {number}")

    mine = {"group": group}
    await assistants.search(metadata=mine)
    await assistants.search(metadata=mine, limit=2)
    await assistants.search(metadata=mine, limit=2, offset=2)
    await assistants.search(metadata=mine, limit=1, sort_by="created_at", sort_order="asc", select=["name", "version"])
    await assistants.search(name=f"alpha {group} 1")
    await assistants.search(metadata={"created_by": "system"}, graph_id="agent")
    await assistants.search(metadata={"group": "nobody's"})
    await assistants.search(metadata={**mine, "number": 1}, response_format="object")
    await talk.post("/assistants/search", {"graph_id": "nowhere"})
    await assistants.count(metadata=mine)
    await assistants.count(metadata=mine, graph_id="agent")
    await talk.post("/assistants/count", {"graph_id": "no-graph"})

    for graph in GRAPHS:
        await assistants.get_graph(graph)
    await assistants.get_graph("nested", xray=True)
    await assistants.get_graph("nested", xray=1)
    for wrong in ("0", "-1", "deep"):
        await talk.get("/assistants/nested/graph", params={"xray": wrong})
    await talk.get("/assistants/nowhere/graph")
    await talk.get(f"/assistants/{talk.new_id('unknown')}/graph")
    for graph in ("agent", "order", "point"):
        await assistants.get_schemas(graph_assistant(graph))
    await assistants.get_subgraphs(graph_assistant("nested"))
    await assistants.get_subgraphs(graph_assistant("nested"), namespace="inner", recurse=True)
    await assistants.get_subgraphs(graph_assistant("chain"))
    await talk.get("/assistants/agent/schemas")


def graph_assistant(graph: str) -> str:
    """The id of the assistant that every graph has of its own."""
    return str(uuid.uuid5(GRAPH_NAMESPACE, graph))
