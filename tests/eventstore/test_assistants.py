"""Assistants: changes that race, and ids that belong to something else."""

import asyncio
from uuid import uuid4

import pytest

from duragraph_ext.core import Core
from duragraph_ext.core.commands.assistants import AssistantChanges, NewAssistant, create_assistant, update_assistant
from duragraph_ext.core.commands.expiry import Ttl
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.threads import NewThread, create_thread
from duragraph_ext.core.domain.errors import Conflict, NotFound
from duragraph_ext.core.domain.principal import LOCAL

RACERS = 8


async def test_changes_that_race_are_versions_one_after_the_other(core: Core) -> None:
    assistant_id = (await create_assistant(core, LOCAL, NewAssistant("g")))["assistant_id"]
    changes = [AssistantChanges(metadata={f"of {number}": True}) for number in range(RACERS)]
    changed = await asyncio.gather(*(update_assistant(core, LOCAL, assistant_id, change) for change in changes))
    last = max(changed, key=lambda row: row["version"])
    assert last["version"] == RACERS + 1
    assert set(last["metadata"]) == {f"of {number}" for number in range(RACERS)}


async def test_an_id_of_an_assistant_is_no_threads(core: Core) -> None:
    taken = (await create_assistant(core, LOCAL, NewAssistant("g", uuid4())))["assistant_id"]
    for new in (
        NewThread(taken),
        NewThread(taken, if_exists="do_nothing"),
        NewThread(taken, ttl=Ttl(60)),
    ):
        with pytest.raises(Conflict, match=str(taken)):
            await create_thread(core, LOCAL, new)
    for strategy in ("enqueue", "interrupt"):
        new_run = NewRun("g", {}, thread_id=taken, if_not_exists="create", multitask_strategy=strategy)
        with pytest.raises(NotFound):
            await create_run(core, LOCAL, new_run)


async def test_an_id_of_a_thread_is_no_assistants(core: Core) -> None:
    taken = (await create_thread(core, LOCAL, NewThread(uuid4())))["thread_id"]
    with pytest.raises(Conflict, match=f"{taken} is the id of a thread already"):
        await create_assistant(core, LOCAL, NewAssistant("g", taken))
