"""F08: the server dies while it takes runs back from a dead worker; all of them finish, each claimed once an epoch."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.harness.pids import kill
from tests.faults.harness.points import Points
from tests.faults.harness.trial import Trial, busy_worker
from tests.support.server import Server, free_port
from tests.support.waiting import eventually

RUNS = 12
MANY = 250


def test_a_sweep_that_is_cut_off_is_finished_by_the_next(
    serve: Callable[..., Server], points: Points, tmp_path: Path
) -> None:
    port = free_port()
    first = serve(port=port, env=points.environment)
    trials = [Trial(first, tmp_path, hold="c").start() for _ in range(RUNS)]
    for trial in trials:
        trial.reached("c")
    points.arm("sweeper.after_requeue=kill9@3")
    kill(busy_worker(first, trials[0].run["run_id"])["pid"])
    eventually(lambda: points.fired("sweeper.after_requeue"), 30, "the sweep to be cut off")
    first.process.wait(20)
    second = serve(port=port, env=points.environment)
    for trial in trials:
        trial.server = second
        trial.release()
    for trial in trials:
        trial.check(most=3)  # two deaths: the worker's, and that of the one after it with the server
        started = Counter(e["payload"]["epoch"] for e in trial.events() if e["event_type"] == "run.started")
        assert set(started.values()) == {1}, started
    trials[0].check_all(most=3)


@pytest.mark.faults
def test_of_two_sweepers_one_dies_over_many_runs(serve: Callable[..., Server], points: Points, tmp_path: Path) -> None:
    """The runs of a worker that had all of them; the leader dies amid the sweep, and the other server takes over."""
    slots = {"DURAGRAPH_SLOTS": str(MANY)}
    leader = serve(env=points.environment | slots)
    trials = [Trial(leader, tmp_path, hold="c").start() for _ in range(MANY)]
    for trial in trials:
        trial.reached("c", within=60)
    other = serve(env=points.environment | slots)
    doomed = busy_worker(leader, trials[0].run["run_id"])["pid"]
    points.arm(f"sweeper.after_requeue=kill9@{MANY // 5}")
    kill(doomed)
    eventually(lambda: points.fired("sweeper.after_requeue"), 30, "the sweep to be cut off")
    pair = [leader, other]
    ended = eventually(lambda: [each for each in pair if each.process.poll() is not None], 20, "a dead server")
    survivor = other if leader in ended else leader
    client = survivor.client()
    Trial.clients.append(client)
    for trial in trials:
        trial.server, trial.client = survivor, client
        trial.release()
    for trial in trials:
        trial.check(most=3)
        started = Counter(e["payload"]["epoch"] for e in trial.events() if e["event_type"] == "run.started")
        assert set(started.values()) == {1}, started
    trials[0].check_all(most=3)
