-- name: watch
-- Notes that a thread is followed, for workers that claim its runs.
UPDATE threads SET watched_until = clock_timestamp() + make_interval(secs => %s)
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: now
-- The present in microseconds, by the clock that stamps runs.
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us

-- name: runs
-- A thread's runs that a follower behind a place still has to see, in the order in which they began; what has not
-- begun comes last. Runs of a thread go one after another, so their times make one line.
SELECT run_id, graph_id, status, error, kwargs, lease_epoch, worker_id, attempt,
    (extract(epoch FROM started_at) * 1000000)::bigint AS started_us,
    (extract(epoch FROM ended_at) * 1000000)::bigint AS ended_us,
    EXISTS (SELECT FROM interrupts i WHERE i.thread_id = runs.thread_id AND i.run_id = runs.run_id) AS asks
FROM runs
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL
    AND (ended_at IS NULL OR (started_at IS NOT NULL
        AND ended_at > 'epoch'::timestamptz + %s::bigint * interval '1 microsecond'))
ORDER BY started_at NULLS LAST, created_at LIMIT %s

-- name: attempts
-- When each attempt at a run began.
SELECT (e.payload ->> 'epoch')::int AS epoch, (extract(epoch FROM e.at) * 1000000)::bigint AS us
FROM events e JOIN runs r ON r.run_id = e.stream_id
WHERE e.stream_id = %s AND r.tenant_id = %s AND r.owner = %s AND e.type = 'run.started' ORDER BY e.version

-- name: version_at
SELECT coalesce(max(version), 0) AS version FROM events
WHERE stream_id = %s AND tenant_id = %s AND owner = %s AND at <= 'epoch'::timestamptz + %s::bigint * interval '1 microsecond'

-- name: state_write
SELECT e.version, (extract(epoch FROM e.at) * 1000000)::bigint AS us, e.payload ->> 'checkpoint_id' AS checkpoint_id
FROM events e JOIN threads t ON t.thread_id = e.stream_id
WHERE e.stream_id = %s AND t.tenant_id = %s AND t.owner = %s AND t.deleted_at IS NULL
    AND e.type = 'thread.state_updated' AND e.version > %s
ORDER BY e.version LIMIT 1
