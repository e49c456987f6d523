"""One chore in a process of its own, so that it can be killed in the middle: `python duty.py CHORE DSN NATS TOKEN`."""

import asyncio
import sys
from uuid import UUID

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.duties.relay import Relay
from duragraph_ext.core.eventstore.replay import rebuild, snapshot_run
from duragraph_ext.core.migrate import migrate


async def work(chore: str, core: Core) -> None:
    if chore == "relay":
        await Relay(core).work()
    elif chore == "rebuild":
        await rebuild(core.db)
    else:
        await snapshot_run(core.db, UUID(chore), LOCAL)


async def main(chore: str, dsn: str, nats_url: str, token_file: str) -> None:
    core = await Core.open(CoreConfig(dsn, nats_url, token_file, name="duty"))
    try:
        await work(chore, core)
    finally:
        await core.close()


if __name__ == "__main__":
    if sys.argv[1] == "migrate":
        migrate(sys.argv[2])
    else:
        asyncio.run(main(*sys.argv[1:]))
