-- name: create
-- A batch of threads; those whose id is taken, if by another kind of stream, are missing from the answer.
WITH i AS (
    SELECT * FROM unnest(%b, %b, %b, %b) AS i(thread_id, tenant_id, owner, metadata)),
nt AS (
    INSERT INTO threads (thread_id, tenant_id, owner, status, metadata, config, created_at, updated_at, state_updated_at)
    SELECT thread_id, tenant_id, owner, 'idle', metadata::jsonb, '{}', now(), now(), now() FROM i
    WHERE NOT EXISTS (SELECT FROM event_streams h WHERE h.stream_id = i.thread_id) ORDER BY thread_id
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
    checkpoint_id, version, ttl_strategy, ttl_minutes, expires_at
FROM threads WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: lock
SELECT thread_id, metadata, version FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL FOR NO KEY UPDATE

-- name: lock_deleted
SELECT thread_id, version FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NOT NULL FOR NO KEY UPDATE

-- name: revive
UPDATE threads SET status = 'idle', metadata = %(metadata)s::jsonb, config = '{}', error = NULL, graph_id = NULL,
    assistant_id = NULL, checkpoint_id = NULL, ttl_strategy = NULL, ttl_minutes = NULL, expires_at = NULL,
    ephemeral = false, version = %(version)s, created_at = %(at)s,
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
    AND {metadata} AND {status} AND {access} AND {ids} AND {values}
ORDER BY {order}, thread_id LIMIT %(limit)s OFFSET %(offset)s

-- name: counted
SELECT count(*)::int AS n FROM threads
WHERE tenant_id = %(tenant)s AND owner = %(owner)s AND deleted_at IS NULL AND NOT ephemeral
    AND {metadata} AND {status} AND {access} AND {ids} AND {values}

-- name: values_match
-- Whether a thread's current values contain what is asked for, key by key, from where the read model keeps each.
-- jsonb cannot hold U+0000: a value with it matches nothing.
EXISTS (
    SELECT FROM checkpoints c
    LEFT JOIN checkpoint_json j ON j.thread_id = c.thread_id AND j.checkpoint_ns = '' AND j.checkpoint_id = c.checkpoint_id
    CROSS JOIN LATERAL (SELECT j.live -> 'live' -> 'values' AS live, %(single)s::jsonb ->> graph_id AS single) s
    WHERE c.thread_id = threads.thread_id::text AND c.checkpoint_ns = '' AND c.checkpoint_id = threads.checkpoint_id
        AND CASE WHEN s.single IS NOT NULL THEN (
            SELECT v.value::text NOT LIKE '%%\u0000%%' AND v.value::jsonb @> %(values)s::jsonb
            FROM (SELECT coalesce(s.live, (
                SELECT b.value FROM blob_json b WHERE b.thread_id = c.thread_id AND b.checkpoint_ns = ''
                    AND b.channel = s.single AND b.version = c.checkpoint -> 'channel_versions' ->> s.single),
                (c.checkpoint -> 'channel_values' -> s.single)::json) AS value) v)
        ELSE NOT EXISTS (
            SELECT FROM jsonb_each(%(values)s::jsonb) f
            CROSS JOIN LATERAL (SELECT CASE WHEN s.live IS NOT NULL THEN s.live -> f.key ELSE coalesce((
                SELECT b.value FROM blob_json b WHERE b.thread_id = c.thread_id AND b.checkpoint_ns = ''
                    AND b.channel = f.key AND b.version = c.checkpoint -> 'channel_versions' ->> f.key),
                (c.checkpoint -> 'channel_values' -> f.key)::json,
                (%(defaults)s::jsonb -> graph_id -> f.key)::json) END AS value) v
            WHERE CASE WHEN v.value IS NULL OR v.value::text LIKE '%%\u0000%%' THEN true
                ELSE NOT jsonb_build_object(f.key, v.value::jsonb) @> jsonb_build_object(f.key, f.value) END) END)

-- name: storage
SELECT c.checkpoints, c.checkpoint_bytes, w.writes, w.write_bytes, b.channels, b.versions, b.sizes
FROM (SELECT count(*)::int AS checkpoints,
        coalesce(sum(octet_length(checkpoint::text) + octet_length(metadata::text)), 0)::int8 AS checkpoint_bytes
    FROM checkpoints WHERE thread_id = %(thread)s) c
CROSS JOIN (SELECT count(*)::int AS writes, coalesce(sum(octet_length(blob)), 0)::int8 AS write_bytes
    FROM checkpoint_writes WHERE thread_id = %(thread)s) w
CROSS JOIN (SELECT coalesce(array_agg(channel ORDER BY channel), '{}') AS channels,
        coalesce(array_agg(versions ORDER BY channel), '{}') AS versions,
        coalesce(array_agg(bytes ORDER BY channel), '{}') AS sizes
    FROM (SELECT channel, count(*)::int AS versions, coalesce(sum(octet_length(blob)), 0)::int8 AS bytes
        FROM checkpoint_blobs WHERE thread_id = %(thread)s GROUP BY channel) x) b

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
