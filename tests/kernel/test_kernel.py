"""The worker as a Jupyter kernel: it answers while it works, and goes without a trace."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.queries.workers import list_workers
from tests.kernel.platform import Platform
from tests.support.waiting import is_alive, soon

SPEC = Path(__file__).parents[2] / "kernel" / "kernelspec"
GRAPH = """
import time
from typing import TypedDict
from langgraph.graph import START, StateGraph
class State(TypedDict, total=False):
    seconds: float
    done: bool
def sleep(state):
    end = time.monotonic() + state["seconds"]
    while time.monotonic() < end:
        time.sleep(0.01)
    return {"done": True}
graph = StateGraph(State).add_node("sleep", sleep).add_edge(START, "sleep").compile()
"""


class WorkerKernel:
    """A kernel started as Jupyter starts it."""

    def __init__(self, manager: AsyncKernelManager, client: AsyncKernelClient) -> None:
        self.manager = manager
        self.client = client

    async def ask(self, command: str) -> str:
        """The kernel's answer to a command."""
        self.client.execute(command)
        while True:
            message = await asyncio.wait_for(self.client.get_iopub_msg(), 10)
            if message["msg_type"] == "display_data":
                return str(message["content"]["data"]["text/plain"])

    async def status(self) -> dict[str, Any]:
        async def working() -> Any:
            told = await self.ask("status")
            return json.loads(told) if told.startswith("{") else None

        found: dict[str, Any] = await soon(working, 30)
        return found


@pytest.fixture
async def kernel(platform: Platform, tmp_path: Path) -> AsyncIterator[WorkerKernel]:
    (tmp_path / "graph.py").write_text(GRAPH)
    graphs = {platform.graph_id("sleep"): "./graph.py:graph"}
    (tmp_path / "langgraph.json").write_text(json.dumps({"dependencies": ["."], "graphs": graphs}))
    shutil.copytree(SPEC, tmp_path / "kernels" / "duragraph-worker")
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
    settings = platform.settings()
    manager = AsyncKernelManager(kernel_name="duragraph-worker", kernel_spec_manager=specs)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "DURAGRAPH_DATABASE_URL": settings.dsn,
        "DURAGRAPH_NATS_URL": settings.nats_url,
        "DURAGRAPH_NATS_TOKEN_FILE": settings.nats_token_file or "",
        "DURAGRAPH_CONFIG": str(tmp_path / "langgraph.json"),
        "DURAGRAPH_WORKER_NAME": "kernel",
        "DURAGRAPH_LEASE_SECONDS": "2",
    }
    await manager.start_kernel(env=environment)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=30)
    yield WorkerKernel(manager, client)
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    manager.context.destroy()


async def test_it_answers_while_a_node_works_and_interrupting_cancels(platform: Platform, kernel: WorkerKernel) -> None:
    status = await kernel.status()
    assert status["graphs"] == [platform.graph_id("sleep")]
    (row,) = await list_workers(platform.core, LOCAL)
    assert row["kernel_id"] in kernel.manager.connection_file
    run = await platform.start("sleep", {"seconds": 1.5}, thread_id=uuid.uuid4())
    await soon(lambda: running(kernel, str(run["run_id"])))
    end = platform.outcomes.expect(run["run_id"])
    await kernel.manager.interrupt_kernel()
    assert (await asyncio.wait_for(end, 10)).status == "interrupted"
    assert (await platform.wait("sleep", {"seconds": 0})).status == "success"


async def test_an_interrupt_of_the_worker_before_it_cancels_nothing(platform: Platform, kernel: WorkerKernel) -> None:
    run = await platform.start("sleep", {"seconds": 1.5}, thread_id=uuid.uuid4())
    await soon(lambda: running(kernel, str(run["run_id"])))
    end = platform.outcomes.expect(run["run_id"])
    message = kernel.manager.session.msg("interrupt_request")
    message["header"]["date"] = datetime.now(UTC) - timedelta(minutes=1)
    kernel.manager._connect_control_socket()
    kernel.manager.session.send(kernel.manager._control_socket, message)
    assert (await asyncio.wait_for(end, 10)).status == "success"


async def running(kernel: WorkerKernel, run_id: str) -> bool:
    return run_id in json.loads(await kernel.ask("status"))["runs"]


async def test_shutting_it_down_hands_its_runs_back(platform: Platform, kernel: WorkerKernel) -> None:
    status = await kernel.status()
    run = await platform.start("sleep", {"seconds": 30}, thread_id=uuid.uuid4())
    await soon(lambda: running(kernel, str(run["run_id"])))
    await kernel.manager.shutdown_kernel()
    await soon(lambda: not is_alive(status["pid"]) and not is_alive(status["keeper_pid"]))
    assert (await platform.run(run["run_id"]))["status"] == "pending"
    assert await list_workers(platform.core, LOCAL) == []


async def test_it_drains_and_ends(platform: Platform, kernel: WorkerKernel) -> None:
    status = await kernel.status()
    process = psutil.Process(status["pid"])
    assert (await kernel.ask("drain")).startswith("draining")
    await soon(lambda: not is_alive(process))
    row = await platform.core.db.fetchone("SELECT status FROM workers WHERE worker_id = %s", (status["worker_id"],))
    assert row == {"status": "stopped"}


async def test_an_unknown_command_is_answered_with_the_known(kernel: WorkerKernel) -> None:
    await kernel.status()
    assert "status, drain, kill" in await kernel.ask("fly")


async def test_kill_kills(kernel: WorkerKernel) -> None:
    status = await kernel.status()
    kernel.client.execute("kill")
    await soon(lambda: not is_alive(status["pid"]))
