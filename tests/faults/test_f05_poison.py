"""F05: a run that kills its worker is tried three times, then ends in error and says why; others are unaffected."""

from pathlib import Path

import pytest

from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial, settled
from tests.support.server import Server


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        ("segv", "SIGSEGV"),
        pytest.param("leaves", "7", marks=pytest.mark.faults),
        pytest.param("oom", "SIGKILL", marks=pytest.mark.faults),
    ],
)
def test_a_poison_run_ends_after_three_attempts(shared: Server, tmp_path: Path, graph: str, reason: str) -> None:
    poison = Trial(shared, tmp_path, graph).start()
    others = [Trial(shared, tmp_path).start() for _ in range(5)]
    assert poison.ended(120) == "error"
    assert reason in poison.error(), poison.error()
    assert poison.effects()["c"] == 3
    assert poison.effects()["a"] == 1, "a committed node ran again"
    for other in others:
        other.check(most=4)
    settled(shared, 2)
    assert replay_differences(dsn_of(shared)) == []
