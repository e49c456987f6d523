"""F04: a node that never returns and ignores everything ends by its run's deadline; the next run starts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.harness.lag import LoopLag
from tests.faults.harness.trial import Trial
from tests.support.server import Server

TYPICAL_SECONDS = 0.5
"""What a trivial request may usually wait meanwhile; a loop that is blocked waits for the run's end."""


@pytest.mark.faults
def test_a_hung_node_ends_by_the_deadline(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(env={"DURAGRAPH_RUN_TIMEOUT": "4"})
    trial = Trial(server, tmp_path, "hang", hold="c").start()
    trial.reached("c")
    with LoopLag(server) as lag:
        assert trial.ended(60) == "timeout"
    assert lag.median < TYPICAL_SECONDS
    assert "did not end within" in trial.error() or "took longer" in trial.error()
    after = Trial(server, tmp_path)
    after.start()
    after.check_all()
