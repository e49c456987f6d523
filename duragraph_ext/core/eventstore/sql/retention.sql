-- name: count_deleted
-- Deleted threads whose checkpoints are gone and whose log may go too.
SELECT count(*)::int AS n FROM threads
WHERE deleted_at IS NOT NULL AND purged_at < clock_timestamp() - make_interval(secs => %s)

-- name: deleted
SELECT thread_id FROM threads
WHERE deleted_at IS NOT NULL AND purged_at < clock_timestamp() - make_interval(secs => %s)
ORDER BY purged_at LIMIT %s

-- name: forget
-- Everything of deleted threads: log, heads, projections, keys of requests. A thread that came back in the meantime stays.
WITH t AS MATERIALIZED (
    SELECT thread_id FROM threads WHERE thread_id = ANY (%b) AND deleted_at IS NOT NULL
    ORDER BY thread_id FOR UPDATE SKIP LOCKED),
r AS MATERIALIZED (SELECT run_id FROM runs JOIN t USING (thread_id)),
s AS MATERIALIZED (SELECT thread_id AS stream_id FROM t UNION ALL SELECT run_id FROM r),
e AS (DELETE FROM execution_history x USING r WHERE x.run_id = r.run_id),
i AS (DELETE FROM interrupts x USING t WHERE x.thread_id = t.thread_id),
f AS (DELETE FROM frames x USING r WHERE x.run_id = r.run_id),
k AS (DELETE FROM idempotency_keys x USING t
    WHERE starts_with(x.scope, 'threads/') AND split_part(x.scope, '/', 2) = t.thread_id::text),
n AS (DELETE FROM snapshots x USING s WHERE x.stream_id = s.stream_id),
h AS (DELETE FROM event_streams x USING s WHERE x.stream_id = s.stream_id),
d AS (DELETE FROM runs x USING r WHERE x.run_id = r.run_id),
g AS (DELETE FROM threads x USING t WHERE x.thread_id = t.thread_id)
SELECT array_agg(stream_id) AS streams, (SELECT count(*)::int FROM t) AS threads FROM s

-- name: purge_events
SELECT purge_events(%s::uuid[]) AS n

-- name: count_resting
-- Threads at rest with events that a snapshot could stand in for.
SELECT count(*)::int AS n FROM threads t WHERE {resting}

-- name: resting
SELECT t.thread_id FROM threads t WHERE {resting} ORDER BY t.updated_at LIMIT %(limit)s

-- name: is_resting
t.deleted_at IS NULL AND t.active_run_id IS NULL AND t.queued = 0
    AND greatest(t.updated_at, t.state_updated_at) < clock_timestamp() - make_interval(secs => %(age)s)
    AND EXISTS (SELECT FROM event_streams h WHERE h.base < h.version AND (h.stream_id = t.thread_id
        OR h.stream_id IN (SELECT r.run_id FROM runs r WHERE r.thread_id = t.thread_id)))

-- name: lock_resting
SELECT t.thread_id FROM threads t
WHERE t.thread_id = %(thread)s AND t.active_run_id IS NULL AND t.queued = 0 AND t.deleted_at IS NULL
FOR NO KEY UPDATE SKIP LOCKED

-- name: heads
-- The streams of a thread: its own and its runs', locked in id order.
SELECT h.stream_id, h.stream_type, h.version, h.base, h.tenant_id, h.owner FROM event_streams h
WHERE h.stream_id = %(thread)s OR h.stream_id IN (SELECT run_id FROM runs WHERE thread_id = %(thread)s)
ORDER BY h.stream_id FOR NO KEY UPDATE

-- name: events_of
SELECT e.stream_id, e.stream_type, e.version, e.type, e.payload, e.at, e.tenant_id, e.owner FROM events e
WHERE e.stream_id = ANY (%b) ORDER BY e.global_seq

-- name: bases
-- The snapshots that stand in for purged events.
SELECT h.stream_id, h.stream_type, h.tenant_id, h.owner, s.state FROM event_streams h
JOIN snapshots s ON s.stream_id = h.stream_id AND s.version = h.base
WHERE h.base > 0 AND (%(streams)s::uuid[] IS NULL OR h.stream_id = ANY (%(streams)s))

-- name: set_base
UPDATE event_streams SET base = version WHERE stream_id = ANY (%b)

-- name: count_checkpoints
-- Checkpoints beyond the policy; those that a kept one needs stay all the same.
SELECT count(*)::int AS n FROM threads t CROSS JOIN LATERAL ({beyond}) b WHERE {idle}

-- name: long_histories
SELECT t.thread_id FROM threads t WHERE {idle} AND t.thread_id > %(after)s AND EXISTS ({beyond})
ORDER BY t.thread_id LIMIT %(limit)s

-- name: is_idle
t.deleted_at IS NULL AND t.active_run_id IS NULL AND t.queued = 0

-- name: beyond
SELECT FROM (
    SELECT row_number() OVER (PARTITION BY c.checkpoint_ns ORDER BY c.checkpoint_id DESC) AS place,
        (c.checkpoint ->> 'ts')::timestamptz AS at
    FROM checkpoints c WHERE c.thread_id = t.thread_id::text) c
WHERE c.place > 1 AND (c.place > %(count)s::int OR c.at < clock_timestamp() - make_interval(secs => %(age)s::float8))

-- name: count_frames
SELECT count(*)::int AS n FROM frames WHERE at < clock_timestamp() - make_interval(secs => %s)

-- name: drop_frames
-- Frames of runs that ended long ago, whole runs only: a stream is there or says that it is not.
WITH r AS (
    SELECT DISTINCT r.run_id FROM frames f JOIN runs r ON r.run_id = f.run_id
    WHERE f.at < clock_timestamp() - make_interval(secs => %(age)s)
        AND r.ended_at < clock_timestamp() - make_interval(secs => %(age)s) LIMIT %(limit)s),
m AS (UPDATE runs SET frames_dropped_at = now() FROM r WHERE runs.run_id = r.run_id)
DELETE FROM frames f USING r WHERE f.run_id = r.run_id

-- name: count_dead_letters
SELECT count(*)::int AS n FROM outbox_dead WHERE dead_at < clock_timestamp() - make_interval(secs => %s)

-- name: drop_dead_letters
DELETE FROM outbox_dead WHERE dead_at < clock_timestamp() - make_interval(secs => %s)
