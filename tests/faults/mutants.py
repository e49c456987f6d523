"""Takes the guards away one by one, in a copy of the tree, and tells which test catches it.

    python -m tests.faults.mutants            every guard
    python -m tests.faults.mutants fence lock  those named

A guard that no test catches is printed as SURVIVED, and the status is 1. Each mutant costs what its tests cost.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
LEFT_OUT = (".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "artifacts")


@dataclass(frozen=True)
class Mutant:
    """A guard: in `file` the text `guard` becomes `without`; `catchers` are the tests that must fail then."""

    file: str
    guard: str
    without: str
    catchers: tuple[str, ...]


SQL = "duragraph_ext/core/eventstore/sql"
MUTANTS = {
    "epoch predicate of every write": Mutant(
        f"{SQL}/writer.sql", "WHERE h.epoch = u.e AND NOT h.sealed AND h.op_seq < u.s", "WHERE h.op_seq < u.s",
        ("tests/eventstore/test_runs.py",),
    ),
    "only a first attempt gets its state with the claim": Mutant(
        f"{SQL}/runs.sql", "ON c.lease_epoch = 1 AND t.checkpoint_id IS NOT NULL", "ON t.checkpoint_id IS NOT NULL",
        ("tests/kernel/test_granted_state.py",),
    ),
    "op sequence: a retry applies once": Mutant(
        f"{SQL}/writer.sql", "AND NOT h.sealed AND h.op_seq < u.s {after_threads}", "AND NOT h.sealed {after_threads}",
        ("tests/eventstore/test_runs.py",),
    ),
    "row lock of the thread at admission": Mutant(
        f"{SQL}/runs.sql", "ORDER BY t.thread_id FOR NO KEY UPDATE OF t),\na AS", "ORDER BY t.thread_id),\na AS",
        ("tests/eventstore/test_runs.py", "tests/faults/test_f24_multitask.py"),
    ),
    "lease of the claiming worker": Mutant(
        f"{SQL}/runs.sql", "WHERE worker_id = %s AND status = 'alive' AND lease_until > clock_timestamp())",
        "WHERE worker_id = %s)",
        ("tests/eventstore/test_runs.py", "tests/eventstore/test_duties.py"),
    ),
    "same attempt, same claim": Mutant(
        f"{SQL}/runs.sql", "OR (r.status = 'running' AND r.attempt_id = i.attempt_id))", ")",
        ("tests/eventstore/test_runs.py",),
    ),
    "still lost when taken back": Mutant(
        f"{SQL}/runs.sql", "WHERE w.worker_id IS NULL OR w.lease_until <= clock_timestamp()\n\n-- name: overtime",
        "WHERE true\n\n-- name: overtime",
        ("tests/eventstore/test_duties.py",),
    ),
    "reader bounded by the snapshot": Mutant(
        f"{SQL}/events.sql", "AND xact < pg_snapshot_xmin(pg_current_snapshot()) AND {run}", "AND {run}",
        ("tests/api/acted/test_observing.py", "tests/faults/test_f16_outbox.py"),
    ),
    "runs that were left behind are looked for again": Mutant(
        "kernel/duragraph_kernel/worker.py", "        self._left_behind |= more\n", "",
        ("tests/kernel/test_worker.py",),
    ),
    "a doubtful run crowds nobody out": Mutant(
        f"{SQL}/runs.sql", "FROM r WHERE attempt < 2 ORDER BY", "FROM r ORDER BY",
        ("tests/eventstore/test_runs.py",),
    ),
    "runs wait in the order of their admission": Mutant(
        f"{SQL}/runs.sql", "THEN now() ELSE clock_timestamp() END AS at", "THEN now() ELSE now() END AS at",
        ("tests/eventstore/test_runs.py",),
    ),
    "a checkpoint is held for what its step shows": Mutant(
        "kernel/duragraph_kernel/checkpointer.py", "held = self.stepwise and not ns", "held = False and not ns",
        ("tests/faults/test_f01_worker_killed.py",),
    ),
    "a held checkpoint is durable before the next step": Mutant(
        "kernel/duragraph_kernel/stream.py", "await self._recording.release()", "pass",
        ("tests/faults/test_f01_worker_killed.py",),
    ),
    "a step is told no later than its checkpoint": Mutant(
        "kernel/duragraph_kernel/outlet.py", "        recording.on_leave = self._join\n", "",
        ("tests/kernel/test_outlet.py",),
    ),
    "lease keeper: a lost lease is told from a failure": Mutant(
        "kernel/duragraph_kernel/keeping.py",
        "await self._process.wait()  # it has said why", "pass  # it has said why",
        ("tests/kernel/test_keeper.py",),
    ),
    "a thread's stream outlives its database": Mutant(
        "duragraph_ext/api/thread_feed.py", "except Unavailable:", "except ZeroDivisionError:",
        ("tests/faults/test_f22_resume.py",),
    ),
    "append-only trigger": Mutant(
        "migrations/versions/0008_retention.sql",
        "RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation';", "RETURN OLD;",
        ("tests/eventstore/test_retention.py",),
    ),
    "topology repair": Mutant(
        "duragraph_ext/core/messaging/bus.py", "self._repairing = asyncio.create_task(self._repair())", "pass",
        ("tests/faults/test_f11_nats_killed.py",),
    ),
    "consumers are made again where their files are gone": Mutant(
        "duragraph_ext/core/messaging/topology.py", "        except ServerError:", "        except ZeroDivisionError:",
        ("tests/eventstore/test_topology.py",),
    ),
    "a worker needs no consumers": Mutant(
        "duragraph_ext/core/messaging/bus.py",
        "            await hook()\n        except (NatsError, TimeoutError) as error:",
        "            await hook()\n        except ZeroDivisionError as error:",
        ("tests/faults/test_f13_store_gone.py",),
    ),
    "idempotency row": Mutant(
        "duragraph_ext/core/commands/runs.py", "            if not taken.fresh:\n                return CreatedRun",
        "            if False:\n                return CreatedRun",
        ("tests/api/test_idempotency.py",),
    ),
    "lease keeper: a paused worker is not renewed": Mutant(
        "kernel/duragraph_kernel/keeper.py", "        if not self._is_running():\n            return None\n", "",
        ("tests/kernel/test_keeper.py", "tests/faults/test_f02_zombie.py"),
    ),
    "lease keeper: death ends the lease": Mutant(
        "kernel/duragraph_kernel/keeper.py",
        "            if self._handle in ready:\n                return self._expire()",
        "            if self._handle in ready:\n                return 0",
        ("tests/kernel/test_keeper.py",),
    ),
    "lease keeper: a new one is noted": Mutant(
        "kernel/duragraph_kernel/worker.py",
        "                await asyncio.sleep(NOTE_SECONDS)", "                return",
        ("tests/kernel/test_worker.py",),
    ),
    "crashes are counted": Mutant(
        "duragraph_ext/core/commands/recovery.py", 'if crashed and run["attempt"] >= MAX_CRASHES:', "if False:",
        ("tests/eventstore/test_duties.py",),
    ),
    "cancel seals the stream": Mutant(
        f"{SQL}/runs.sql", "UPDATE event_streams SET epoch = epoch + 1, sealed = true, version = version + 1\nWHERE",
        "UPDATE event_streams SET version = version + 1\nWHERE",
        ("tests/eventstore/test_runs.py", "tests/faults/test_f23_cancel.py"),
    ),
    "a busy thread is never pruned": Mutant(
        f"{SQL}/retention.sql", "AND t.active_run_id IS NULL AND t.queued = 0 AND t.deleted_at IS NULL\nFOR",
        "AND t.deleted_at IS NULL\nFOR",
        ("tests/eventstore/test_retention.py",),
    ),
}  # fmt: skip


def main(names: list[str]) -> int:
    """Try the mutants whose names contain one of `names` (all without any)."""
    chosen = {name: each for name, each in MUTANTS.items() if not names or any(part in name for part in names)}
    survived = [name for name, mutant in chosen.items() if not _is_caught(name, mutant)]
    print(f"{len(chosen) - len(survived)} of {len(chosen)} guards have a catcher")
    return 1 if survived else 0


def _is_caught(name: str, mutant: Mutant) -> bool:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder, "tree")
        shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        file = copy / mutant.file
        text = file.read_text()
        if text.count(mutant.guard) != 1:
            raise SystemExit(f"{name}: the guard stands {text.count(mutant.guard)} times in {mutant.file}")
        file.write_text(text.replace(mutant.guard, mutant.without))
        for catcher in mutant.catchers:
            if failure := _failure(copy, catcher):
                print(f"caught    {name}: {failure}", flush=True)
                return True
    print(f"SURVIVED  {name}: {', '.join(mutant.catchers)}", flush=True)
    return False


def _failure(copy: Path, tests: str) -> str | None:
    """The first test that fails in the copy."""
    paths = [str(copy), str(copy / "kernel"), str(copy / "dashboard")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", tests],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0].partition(" ")[2] if failed else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
