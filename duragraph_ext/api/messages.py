"""Messages of a thread: a route of DuraGraph's own."""

from __future__ import annotations

from uuid import UUID, uuid5

from duragraph_ext.core.commands.idempotency import reserve
from duragraph_ext.core.commands.messages import append_messages
from duragraph_ext.core.ids import uuid7
from duragraph_ext.models import AppendedMessages, ThreadMessages

from .base import PlatformHandler
from .operation import operation
from .reserving import scoped_key


class MessagesOfThread(PlatformHandler):
    """/threads/{thread_id}/messages"""

    @operation(
        "Append messages to a thread's state, as input that no run has read yet",
        auth="threads.update",
        body=ThreadMessages,
        creates=True,
        answer=AppendedMessages,
        status=201,
        errors=(400, 404, 409, 503),
    )
    async def post(self, thread_id: UUID, body: ThreadMessages) -> None:
        root = uuid7()
        if key := scoped_key(self, f"messages of {thread_id}", body):
            root = (await reserve(self.core, self.principal, key, root)).ids[0]
        messages = [
            {**message.model_dump(exclude_none=True), "id": message.id or str(uuid5(root, str(place)))}
            for place, message in enumerate(body.all())
        ]
        checkpoint_id, kept = await append_messages(self.core, self.principal, thread_id, messages)
        self.answer({"thread_id": str(thread_id), "checkpoint_id": checkpoint_id, "messages": kept}, 201)
