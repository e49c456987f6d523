"""What notebooks and scripts hold in their hands: the server over HTTP, and nothing else.

client = Client()
run = client.run("agent", {"messages": [{"role": "user", "content": "…"}]})
values = await run
"""

from duragraph_ext.client.aio import AsyncClient
from duragraph_ext.client.client import Client
from duragraph_ext.client.discovery import Discovery, Endpoint, discover
from duragraph_ext.client.errors import (
    ApiError,
    Conflict,
    DuraGraphError,
    NotFound,
    NotSendable,
    Refused,
    RunCancelled,
    RunFailed,
    ServerNotFound,
    Unreachable,
)
from duragraph_ext.client.graphs import Assistant, Graph
from duragraph_ext.client.interrupts import Interrupt
from duragraph_ext.client.runs import Run
from duragraph_ext.client.sse import StreamPart
from duragraph_ext.client.threads import Thread

__all__ = [
    "ApiError",
    "Assistant",
    "AsyncClient",
    "Client",
    "Conflict",
    "Discovery",
    "DuraGraphError",
    "Endpoint",
    "Graph",
    "Interrupt",
    "NotFound",
    "NotSendable",
    "Refused",
    "Run",
    "RunCancelled",
    "RunFailed",
    "ServerNotFound",
    "StreamPart",
    "Thread",
    "Unreachable",
    "discover",
]
