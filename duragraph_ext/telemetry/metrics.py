"""Every metric of DuraGraph, once; `spec/observability/metrics.yml` says the same, and a test holds them together.

Names are `duragraph_{subsystem}_{name}_{unit}`. Counters and histograms tell what this process did;
gauges named after tables are read from Postgres when they are scraped, so any server shows the same value.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"duragraph_{name}", text, labels, registry=REGISTRY)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"duragraph_{name}", text, labels, registry=REGISTRY)


def _histogram(name: str, text: str, *labels: str, buckets: tuple[float, ...] = _SECONDS) -> Histogram:
    return Histogram(f"duragraph_{name}", text, labels, registry=REGISTRY, buckets=buckets)


http_requests = _counter("http_requests_total", "Requests answered.", "method", "route", "status")
http_duration = _histogram(
    "http_request_duration_seconds", "Time to the end of the answer, streams excepted.", "method", "route"
)

runs_created = _counter("runs_created_total", "Runs accepted by this process.", "graph")
runs_ended = _counter("runs_ended_total", "Runs seen to end, whoever ended them.", "status")
runs_pending = _gauge("runs_pending_count", "Runs that wait for a worker.")
runs_running = _gauge("runs_running_count", "Runs that a worker holds.")
runs_oldest_pending = _gauge("runs_oldest_pending_seconds", "Age of the oldest run that waits.")

limits_refused = _counter("limits_refused_total", "Requests refused because the user had too much at once.", "limit")

streams_open = _gauge("streams_open_count", "Event streams that are open.", "kind")
streams_sent = _counter("streams_sent_bytes_total", "Bytes of events sent to clients.", "kind")
streams_resumed = _counter("streams_resumed_total", "Streams that began after a Last-Event-ID.")
streams_dropped = _counter("streams_dropped_total", "Streams ended because their clients were too far behind.")
streams_refilled = _counter(
    "streams_refilled_total", "Times a stream was filled up from Postgres: a lost message or a slow reader."
)

events_appended = _counter("events_appended_total", "Events that this process committed.", "type")
writer_batch = _histogram("writer_batch_size_count", "Writes that shared one statement.", "kind", buckets=_BATCH)
writer_duration = _histogram("writer_commit_duration_seconds", "Time of one group commit.", "kind")
writer_retries = _counter("writer_retries_total", "Group commits repeated after an error.", "kind")

outbox_pending = _gauge("outbox_pending_count", "Messages committed and not yet published.")
outbox_dead = _gauge("outbox_dead_count", "Messages given up after too many attempts.")
outbox_published = _counter("outbox_published_total", "Messages published.", "path")
outbox_failed = _counter("outbox_failed_total", "Direct publishes that failed and were left to the relay.")
retention_pruned = _counter("retention_pruned_total", "What retention took from the database.", "kind")
messaging_connected = _gauge("messaging_connected_state", "1 while NATS answers, else 0.")
store_operations = _counter("store_operations_total", "Items put, deleted, got; searches; listings.", "operation")
store_expired = _counter("store_expired_total", "Items deleted because their time was over.")
workers_alive = _gauge("workers_alive_count", "Workers with a valid lease.")

crons_fired = _counter("crons_fired_total", "Ticks of crons that this process spent, by what came of them.", "result")
webhooks_tried = _counter("webhooks_tried_total", "Calls of webhooks by this process.", "result")
webhooks_due = _gauge("webhooks_due_count", "Webhooks of ended runs that are not delivered yet.")
webhooks_dead = _gauge("webhooks_dead_count", "Webhooks given up after too many tries.")


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
