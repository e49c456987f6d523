-- name: create
-- A batch of threads; those whose id is taken are missing from the answer.
WITH i AS (
    SELECT * FROM unnest(%b, %b, %b, %b) AS i(thread_id, tenant_id, owner, metadata)),
nt AS (
    INSERT INTO threads (thread_id, tenant_id, owner, status, metadata, config, created_at, updated_at, state_updated_at)
    SELECT thread_id, tenant_id, owner, 'idle', metadata::jsonb, '{}', now(), now(), now() FROM i ORDER BY thread_id
    ON CONFLICT (thread_id) DO NOTHING
    RETURNING thread_id, tenant_id, owner, metadata, created_at),
s AS (
    INSERT INTO event_streams (stream_id, stream_type, tenant_id, owner, version)
    SELECT thread_id, 'thread', tenant_id, owner, 1 FROM nt),
event AS (
    INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload)
    SELECT thread_id, 'thread', tenant_id, owner, 1, 'thread.created',
        json_build_object('metadata', metadata, 'ephemeral', false) FROM nt
    RETURNING event_id, stream_id, stream_type, version, type, payload, at, tenant_id, owner),
ob AS ({outbox})
SELECT thread_id, created_at, NULL::uuid AS id, NULL::text AS subject, NULL::json AS payload FROM nt
UNION ALL SELECT NULL, NULL, id, subject, payload FROM ob

-- name: one
SELECT thread_id, created_at, updated_at, state_updated_at, metadata, status, config, error, graph_id, tenant_id,
    checkpoint_id, version
FROM threads WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: lock
SELECT thread_id, metadata, version FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL FOR NO KEY UPDATE

-- name: lock_deleted
SELECT thread_id, version FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NOT NULL FOR NO KEY UPDATE

-- name: revive
UPDATE threads SET status = 'idle', metadata = %(metadata)s::jsonb, config = '{}', error = NULL, graph_id = NULL,
    assistant_id = NULL, checkpoint_id = NULL, ephemeral = false, version = %(version)s, created_at = %(at)s,
    updated_at = %(at)s, state_updated_at = %(at)s, deleted_at = NULL, purged_at = NULL
WHERE thread_id = %(thread)s

-- name: update
UPDATE threads SET metadata = metadata || %s::jsonb, version = %s, updated_at = %s WHERE thread_id = %s

-- name: remove
UPDATE threads SET deleted_at = %s, updated_at = %s, version = %s WHERE thread_id = %s

-- name: remove_runs
UPDATE runs SET deleted_at = now() WHERE thread_id = %s AND deleted_at IS NULL

-- name: filtered
-- {order} is one of a fixed set of columns.
SELECT thread_id, created_at, updated_at, state_updated_at, metadata, status, config, error, graph_id, tenant_id,
    checkpoint_id
FROM threads
WHERE tenant_id = %(tenant)s AND owner = %(owner)s AND deleted_at IS NULL AND NOT ephemeral
    AND {metadata} AND {status} AND {access} AND {ids}
ORDER BY {order}, thread_id LIMIT %(limit)s OFFSET %(offset)s

-- name: counted
SELECT count(*)::int AS n FROM threads
WHERE tenant_id = %(tenant)s AND owner = %(owner)s AND deleted_at IS NULL AND NOT ephemeral
    AND {metadata} AND {status} AND {access} AND {ids}

-- name: open_interrupts
SELECT thread_id, task_id, json_agg(json_build_object('id', interrupt_id, 'value', value) ORDER BY created_at) AS asked
FROM interrupts WHERE thread_id = ANY (%b) AND status = 'open' GROUP BY thread_id, task_id

-- name: unpurged
-- Deleted threads whose checkpoints and frames are still there; those of stateless runs only after some seconds.
SELECT thread_id FROM threads WHERE deleted_at IS NOT NULL AND purged_at IS NULL
    AND (NOT ephemeral OR deleted_at <= now() - make_interval(secs => %s)) ORDER BY deleted_at LIMIT %s

-- name: purge
WITH t AS (SELECT unnest(%b) AS thread_id),
x AS (SELECT thread_id::text AS thread_id FROM t),
a AS (DELETE FROM checkpoints c USING x WHERE c.thread_id = x.thread_id),
b AS (DELETE FROM checkpoint_blobs c USING x WHERE c.thread_id = x.thread_id),
c AS (DELETE FROM checkpoint_writes c USING x WHERE c.thread_id = x.thread_id),
d AS (DELETE FROM checkpoint_json c USING x WHERE c.thread_id = x.thread_id),
e AS (DELETE FROM blob_json c USING x WHERE c.thread_id = x.thread_id),
f AS (DELETE FROM write_json c USING x WHERE c.thread_id = x.thread_id),
g AS (DELETE FROM frames c USING t JOIN runs r ON r.thread_id = t.thread_id WHERE c.run_id = r.run_id)
UPDATE threads SET purged_at = now() FROM t WHERE threads.thread_id = t.thread_id
