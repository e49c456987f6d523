"""The run of a cron is asked for as if the cron's user had: the project's auth may mark, change or refuse it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from tornado.web import HTTPError

from duragraph_ext.auth import Caller, CustomAuth
from duragraph_ext.core.commands.runs import NewRun
from duragraph_ext.core.domain.errors import DuragraphError, Invalid, NotFound, Unavailable
from duragraph_ext.core.queries.access import is_thread_hidden
from duragraph_ext.models.runs import RunCreateStateful

from .access import KWARGS, check_assistant, marks, plain
from .validation import explain

if TYPE_CHECKING:
    from duragraph_ext.core import Core
    from duragraph_ext.core.domain.principal import Principal

CHANGEABLE = [name for name in KWARGS if name != "webhook"]
"""What a handler may change of a run; of the cron's webhook it sees the origin alone."""
TOLD = ("metadata", "multitask_strategy", "after_seconds")
"""The same beside `kwargs`."""


class NotAsked(DuragraphError):
    """The project's code gave no answer: the tick is not spent, and its run comes later."""


class CronPermit:
    """Asks `@auth.on.threads.create_run` for a cron's user, of whom no more than the name is known."""

    def __init__(self, core: Core, auth: CustomAuth) -> None:
        self._core, self._auth = core, auth

    async def __call__(self, principal: Principal, new: NewRun) -> NewRun:
        """The run as the handler leaves it. Raises NotFound, Invalid for a refusal, and NotAsked."""
        try:
            return await self._ask(principal, new)
        except HTTPError as error:
            if error.status_code >= 500:
                raise NotAsked(f"the project's auth failed with {error.status_code}") from error
            raise Invalid("auth", str(getattr(error, "detail", None) or error.log_message)) from None
        except Unavailable as error:
            raise NotAsked(str(error)) from error

    async def _ask(self, principal: Principal, new: NewRun) -> NewRun:
        caller = Caller(new.kwargs["user"])
        before = plain(
            {
                "thread_id": new.thread_id if new.if_not_exists == "reject" else None,
                "assistant_id": new.assistant,
                "run_id": new.run_id,
                "status": "pending",
                "metadata": new.metadata,
                "prevent_insert_if_inflight": new.multitask_strategy == "reject",
                "multitask_strategy": new.multitask_strategy,
                "if_not_exists": new.if_not_exists,
                "after_seconds": new.after_seconds,
                "kwargs": {name: new.kwargs[name] for name in KWARGS if name in new.kwargs},
            }
        )
        decision = await self._auth.authorize(caller, "threads", "create_run", before)
        thread_id = before["thread_id"] and new.thread_id
        if thread_id and decision.access and await is_thread_hidden(self._core, principal, thread_id, decision.access):
            raise NotFound("thread", thread_id)
        await check_assistant(self._core, principal, self._auth, caller, new.assistant)
        left = decision.value.get("kwargs") or {}
        changed = {name: left[name] for name in CHANGEABLE if name in left and left[name] != before["kwargs"].get(name)}
        told = {name: decision.value[name] for name in TOLD if decision.value.get(name) is not None}
        run = _checked({**told, **changed, "assistant_id": new.assistant})
        return replace(
            new,
            kwargs={**new.kwargs, **plain({name: getattr(run, name) for name in changed})},
            metadata=run.metadata,
            multitask_strategy=run.multitask_strategy if "multitask_strategy" in told else new.multitask_strategy,
            after_seconds=max(run.after_seconds, 0.0),
            thread_metadata={**new.thread_metadata, **marks(before, decision)},
        )


def _checked(left: dict[str, Any]) -> RunCreateStateful:
    """What the handler left, as a request for a run. Raises NotAsked for what none could say."""
    try:
        return RunCreateStateful.model_validate(left)
    except ValidationError as error:
        raise NotAsked(f"the project's auth left an invalid value: {explain(error)}") from None
