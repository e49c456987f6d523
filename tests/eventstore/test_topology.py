"""What JetStream needs is made again where it was lost."""

import shutil

from duragraph_ext.core import Core
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.messaging.topology import ensure_consumers
from duragraph_ext.embedded import Services
from tests.support.waiting import soon

GRAPH = "of a test"


async def test_a_consumer_whose_files_are_gone_is_made_again(core: Core, data_plane: Services) -> None:
    await soon(lambda: core.bus.connected, what="a connection to NATS")
    name = subjects.consumer(GRAPH)
    await ensure_consumers(core.bus.js, [GRAPH])
    try:
        (files,) = data_plane.facts.nats_token_file.parents[1].rglob(f"obs/{name}")
        shutil.rmtree(files)
        await ensure_consumers(core.bus.js, [GRAPH])
        assert [file.name for file in files.glob("meta.inf")] == ["meta.inf"]
    finally:
        await core.bus.js.delete_consumer(subjects.WORK_STREAM, name)
