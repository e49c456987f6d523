"""A storm: clients that create and cancel runs while faults strike, both by one seed; then everything must hold."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import psycopg

from duragraph_ext.embedded import Facts, read_facts
from tests.faults.harness.history import History
from tests.faults.harness.invariants import ENDED, Invariants
from tests.faults.harness.pids import backends, kill, stopped
from tests.faults.harness.points import Points
from tests.faults.harness.trial import NODES, workers
from tests.support.server import Server
from tests.support.waiting import eventually

GRAPHS = ("async", "sync", "nested", "fan")
WORKER_POINTS = (
    "claim.before", "claim.after_commit", "claim.after_ack", "writer.before_checkpoint", "writer.after_checkpoint",
    "writer.before_write", "writer.after_write", "writer.before_finish", "writer.after_finish",
)  # fmt: skip
CANCELLED = 0.1
"""The share of runs that somebody cancels."""
OF_THREADS = (
    "threads", "runs", "execution_history", "interrupts", "frames",
    "checkpoints", "checkpoint_blobs", "checkpoint_writes", "checkpoint_json", "blob_json", "write_json",
    "events WHERE stream_type IN ('thread', 'run')", "event_streams WHERE stream_type IN ('thread', 'run')",
)  # fmt: skip
"""What must be empty once all threads are deleted and forgotten."""
DELETED_AT_ONCE = 500
QUIET_SECONDS = 180.0
"""What everything may take to end, once the faults have."""


class Missed(Exception):
    """There was nothing to strike."""


class Storm:
    """One server under one seed. `start` starts the server anew on the same port and data directory."""

    def __init__(self, start: Callable[[], Server], points: Points, folder: Path, seed: int) -> None:
        self._start = start
        self.server = start()
        self.points = points
        self.folder = folder
        self.history = History(folder / "history.jsonl", seed)
        self.struck: Counter[str] = Counter()
        self._fate = random.Random(seed)
        self._clients_chance = random.Random(seed + 1)
        self._faults: dict[str, Callable[[random.Random], None]] = {
            "worker killed": self._kill_worker,
            "worker killed at a point": self._kill_at_point,
            "worker paused past its lease": self._pause_worker,
            "lease keeper killed": self._kill_keeper,
            "nats killed": lambda _: kill(self._facts.nats_pid),
            "nats stopped": lambda chance: self._stop([self._facts.nats_pid], chance.uniform(0.5, 3)),
            "nats wiped": self._wipe_nats,
            "postmaster killed": lambda _: kill(self._facts.postgres_pid),
            "backend killed": self._kill_backend,
            "postgres stopped": self._stop_postgres,
            "server killed": self._kill_server,
        }
        self._ended = threading.Event()
        self._deleted: set[str] = set()
        self._paused: list[threading.Thread] = []

    def rage(self, rate: float, every: float, until: Callable[[], bool]) -> None:
        """Create `rate` runs a second, strike once `every` seconds, until it is said to be enough."""
        self._ended.clear()
        clients = threading.Thread(target=self._create_runs, args=(rate,), daemon=True)
        clients.start()
        chance = self._fate
        names = list(self._faults)
        try:
            while not until():
                name = chance.choice(names)
                self.history.note("fault", name=name)
                with contextlib.suppress(Missed, httpx.TransportError, psycopg.OperationalError, psutil.NoSuchProcess):
                    self._faults[name](chance)
                    self.struck[name] += 1
                time.sleep(every)  # the pace of the storm
        finally:
            self._ended.set()
            clients.join()
            while self._paused:
                self._paused.pop().join()
            self.points.clear()

    def check(self) -> Counter[str]:
        """Wait for the calm and check I1 to I12, effects and states; how the runs ended."""
        runs = [run for run in self.history.acknowledged() if run not in self._deleted]
        eventually(lambda: self._open(runs) == 0, QUIET_SECONDS, "the end of all acknowledged runs")
        Invariants(self._facts.dsn).check(runs, self.history.cancelled())
        return self._check_effects()

    def delete(self) -> None:
        """Delete every thread and its log, as users and the retention do, and check that nothing is left of them."""
        runs = self.history.acknowledged()
        with psycopg.connect(self._facts.dsn, autocommit=True) as connection:
            threads = [str(thread) for (thread,) in connection.execute("SELECT thread_id FROM threads").fetchall()]
        with self.server.client() as client:
            for some in range(0, len(threads), DELETED_AT_ONCE):
                body = {"thread_ids": threads[some : some + DELETED_AT_ONCE]}
                client.post("/threads/prune", json=body).raise_for_status()
        eventually(self._is_empty, QUIET_SECONDS, "a database without threads")
        with psycopg.connect(self._facts.dsn, autocommit=True) as connection:
            connection.execute("VACUUM FULL")  # what to clean, and which pages are free, is forgotten at every kill
        self._deleted.update(runs)

    def _is_empty(self) -> bool:
        command = [sys.executable, "-m", "duragraph_ext.cli", "prune", f"--data-dir={self.server.data_dir}"]
        subprocess.run([*command, "--keep-deleted-days=0"], check=True, capture_output=True, timeout=QUIET_SECONDS)
        with psycopg.connect(self._facts.dsn, autocommit=True) as connection:
            return not any(connection.execute(f"SELECT FROM {rows} LIMIT 1").rowcount for rows in OF_THREADS)

    def resources(self) -> dict[str, float]:
        """What the server and its database hold now."""
        process = psutil.Process(self.server.process.pid)
        with psycopg.connect(self._facts.dsn, autocommit=True) as connection:
            row = connection.execute("SELECT count(*), pg_database_size(current_database()) FROM pg_stat_activity")
            held, size = row.fetchone() or (0, 0)
        return {
            "server MB": process.memory_info().rss / 2**20,
            "server descriptors": process.num_fds(),
            "connections": held,
            "database MB": size / 2**20,
        }

    @property
    def _facts(self) -> Facts:
        return eventually(lambda: read_facts(self.server.data_dir), 30, "a data plane")  # type: ignore[return-value]

    # Clients

    def _create_runs(self, rate: float) -> None:
        chance = self._clients_chance
        while not self._ended.is_set():
            graph, cancels = chance.choice(GRAPHS), chance.random() < CANCELLED
            thread_id = UUID(int=chance.getrandbits(128), version=4)
            threading.Thread(target=self._one_run, args=(thread_id, graph, cancels), daemon=True).start()
            self._ended.wait(chance.expovariate(rate))

    def _one_run(self, thread_id: UUID, graph: str, cancels: bool) -> None:
        log = self.folder / "effects" / str(thread_id)
        body = {
            "assistant_id": graph, "if_not_exists": "create",
            "input": {"log": str(log), "hold": "", "trail": []},
        }  # fmt: skip
        headers = {**self.server.headers, "idempotency-key": str(thread_id)}
        with httpx.Client(base_url=self.server.api_url, headers=headers, timeout=30) as client:
            for _ in range(100):
                with self.history.operation("create", thread_id=str(thread_id), graph=graph) as entry:
                    answer = client.post(f"/threads/{thread_id}/runs", json=body)
                    entry["status"] = answer.status_code
                    entry["result"] = answer.json()["run_id"] if answer.status_code == 200 else "refused"
                if entry["result"] not in ("unknown", "refused"):
                    break
                time.sleep(0.3)
            else:
                return
            if cancels:
                self._cancel(client, str(thread_id), entry["result"])

    def _cancel(self, client: httpx.Client, thread_id: str, run_id: str) -> None:
        with self.history.operation("cancel", thread_id=thread_id, run_id=run_id) as entry:
            answer = client.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
            entry["status"] = answer.status_code
            entry["result"] = "ok" if answer.status_code < 300 else "refused"

    # Faults

    def _kill_worker(self, chance: random.Random) -> None:
        kill(self._worker(chance))

    def _kill_at_point(self, chance: random.Random) -> None:
        self.points.clear()
        self.points.arm(f"{chance.choice(WORKER_POINTS)}=kill9@{chance.randint(1, 5)}")

    def _pause_worker(self, chance: random.Random) -> None:
        self._stop([self._worker(chance)], 3)

    def _kill_keeper(self, chance: random.Random) -> None:
        kill(_one_of(chance, [worker["keeper_pid"] for worker in workers(self.server) if worker["keeper_pid"]]))

    def _kill_backend(self, chance: random.Random) -> None:
        kill(_one_of(chance, backends(self.server)))

    def _worker(self, chance: random.Random) -> int:
        return _one_of(chance, [worker["pid"] for worker in workers(self.server)])

    def _stop_postgres(self, chance: random.Random) -> None:
        postmaster = psutil.Process(self._facts.postgres_pid)
        self._stop([postmaster.pid, *(child.pid for child in postmaster.children())], chance.uniform(0.5, 3))

    def _wipe_nats(self, chance: random.Random) -> None:
        store = self.server.data_dir / "nats" / "jetstream"
        kill(self._facts.nats_pid)
        shutil.rmtree(store, ignore_errors=True)

    def _kill_server(self, chance: random.Random) -> None:
        self.server.kill()
        self.server = self._start()

    def _stop(self, pids: list[int], seconds: float) -> None:
        """Pause processes while the next faults strike already."""

        def pause() -> None:
            with stopped(pids):
                time.sleep(seconds)  # the fault itself

        thread = threading.Thread(target=pause)
        thread.start()
        self._paused.append(thread)

    # The calm

    def _open(self, runs: list[str]) -> int:
        try:
            with psycopg.connect(self._facts.dsn, autocommit=True, connect_timeout=5) as connection:
                row = connection.execute(
                    "SELECT count(*) FROM runs WHERE run_id::text = ANY (%s) AND status = ANY (%s)", (runs, list(ENDED))
                ).fetchone()
        except psycopg.OperationalError:
            return len(runs)
        return len(runs) - (row[0] if row else 0)

    def _check_effects(self) -> Counter[str]:
        """I6: every node of a run that succeeded had its effect, at most once an attempt; its state is exact."""
        with psycopg.connect(self._facts.dsn, autocommit=True) as connection:
            rows = connection.execute("SELECT thread_id::text, run_id::text, status, attempt FROM runs").fetchall()
        ended: Counter[str] = Counter()
        with self.server.client() as client:
            for thread_id, run_id, status, attempt in rows:
                ended[status] += 1
                if status != "success":
                    continue
                lines = (self.folder / "effects" / thread_id).read_text().splitlines()
                effects = Counter(line.split()[0] for line in lines)
                assert set(effects) == set(NODES), f"I6: run {run_id} had {effects}"
                # a hand-over is no crash and raises no attempt, but lets an unfinished node run again
                assert max(effects.values()) <= attempt + self._handed_over(client, run_id), f"I6: {run_id}: {effects}"
                trail = client.get(f"/threads/{thread_id}/state").json()["values"]["trail"]
                assert sorted(trail) == NODES, f"I6: run {run_id} left {trail}"
        return ended

    @staticmethod
    def _handed_over(client: httpx.Client, run_id: str) -> int:
        events = client.get(f"/runs/{run_id}/events", params={"limit": 1000}).json()
        return sum(e["event_type"] == "run.retried" and not e["payload"]["crashed"] for e in events)


def _one_of(chance: random.Random, pids: list[int]) -> int:
    if not pids:
        raise Missed
    return chance.choice(sorted(pids))


def storm(folder: Path, server: Callable[..., Server], seed: int, options: dict[str, object]) -> Storm:
    """A storm over a server that `server` starts with `options`."""
    (folder / "effects").mkdir()
    points = Points(folder / "points")
    environment = points.environment | {"DURAGRAPH_LEASE_SECONDS": "2"}
    return Storm(lambda: server(env=environment, **options), points, folder, seed)


def hush() -> None:
    """End in order on SIGTERM too: what was started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
