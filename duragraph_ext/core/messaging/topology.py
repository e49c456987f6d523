"""Creates the streams and consumers, idempotently, at start and after every loss."""

from collections.abc import Iterable

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError, ServerError

from . import subjects


def stream_config(stream: subjects.Stream) -> StreamConfig:
    """A stream as JetStream wants it: limits, never a work queue (its de-duplication does not survive a restart)."""
    return StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects),
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        storage=StorageType.FILE,
        max_age=stream.max_age,
        max_bytes=stream.max_bytes,
        duplicate_window=120,
    )


async def ensure_streams(js: JetStreamContext) -> None:
    """Create or repair every stream. Raises nats.errors.Error."""
    for stream in subjects.STREAMS:
        config = stream_config(stream)
        try:
            await js.add_stream(config)
        except BadRequestError:
            await js.update_stream(config)


async def ensure_consumers(js: JetStreamContext, graphs: Iterable[str]) -> None:
    """Create or repair the work consumer of every graph. Raises nats.errors.Error."""
    for graph_id in graphs:
        config = ConsumerConfig(
            durable_name=subjects.consumer(graph_id),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=subjects.WORK_ACK_WAIT,
            max_deliver=-1,
            max_ack_pending=10_000,
            filter_subject=subjects.work_filter(graph_id),
        )
        try:
            await js.add_consumer(subjects.WORK_STREAM, config)
        except NotFoundError:
            await ensure_streams(js)
            await js.add_consumer(subjects.WORK_STREAM, config)
        except ServerError:  # its files are gone beneath the running server, which only makes those of new ones
            await js.delete_consumer(subjects.WORK_STREAM, subjects.consumer(graph_id))
            await js.add_consumer(subjects.WORK_STREAM, config)
