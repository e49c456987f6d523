-- name: lock
SELECT version, active_run_id, queued, ttl_minutes, created_at FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL FOR NO KEY UPDATE

-- name: links
-- A snapshot of a delta channel is an inline `true` with a blob behind it, which a plain `true` never has.
SELECT c.checkpoint_ns AS ns, c.checkpoint_id, c.parent_checkpoint_id AS parent_id,
    ARRAY(SELECT jsonb_object_keys(c.checkpoint -> 'channel_versions')) AS written,
    ARRAY(SELECT jsonb_object_keys(c.metadata -> 'counters_since_delta_snapshot')) AS deltas,
    ARRAY(SELECT v.key FROM jsonb_each(c.checkpoint -> 'channel_values') v
        WHERE v.value = 'true' AND EXISTS (SELECT FROM checkpoint_blobs b
            WHERE b.thread_id = c.thread_id AND b.checkpoint_ns = c.checkpoint_ns AND b.channel = v.key
                AND b.version = c.checkpoint -> 'channel_versions' ->> v.key)) AS snapshots,
    (c.checkpoint ->> 'ts')::timestamptz AS at
FROM checkpoints c WHERE c.thread_id = %s

-- name: drop_checkpoints
-- Everything that hangs on checkpoints but those that are named; then values that no checkpoint refers to any more.
WITH kept AS (SELECT * FROM unnest(%b, %b) AS k(checkpoint_ns, checkpoint_id)),
a AS (DELETE FROM checkpoints c WHERE c.thread_id = %s
    AND (c.checkpoint_ns, c.checkpoint_id) NOT IN (SELECT checkpoint_ns, checkpoint_id FROM kept)),
b AS (DELETE FROM checkpoint_writes c WHERE c.thread_id = %s
    AND (c.checkpoint_ns, c.checkpoint_id) NOT IN (SELECT checkpoint_ns, checkpoint_id FROM kept)),
c AS (DELETE FROM checkpoint_json c WHERE c.thread_id = %s
    AND (c.checkpoint_ns, c.checkpoint_id) NOT IN (SELECT checkpoint_ns, checkpoint_id FROM kept))
DELETE FROM write_json c WHERE c.thread_id = %s
    AND (c.checkpoint_ns, c.checkpoint_id) NOT IN (SELECT checkpoint_ns, checkpoint_id FROM kept)

-- name: drop_values
WITH used AS (
    SELECT c.checkpoint_ns, v.key AS channel, v.value AS version
    FROM checkpoints c CROSS JOIN jsonb_each_text(c.checkpoint -> 'channel_versions') v WHERE c.thread_id = %s),
a AS (DELETE FROM checkpoint_blobs b WHERE b.thread_id = %s
    AND (b.checkpoint_ns, b.channel, b.version) NOT IN (SELECT checkpoint_ns, channel, version FROM used))
DELETE FROM blob_json b WHERE b.thread_id = %s
    AND (b.checkpoint_ns, b.channel, b.version) NOT IN (SELECT checkpoint_ns, channel, version FROM used)

-- name: note
UPDATE threads SET expires_at = coalesce(%s, expires_at), version = %s, updated_at = %s WHERE thread_id = %s

-- name: renewal
-- The minutes after which a pruned thread is pruned again.
SELECT coalesce(t.ttl_minutes, d.ttl_minutes) AS minutes FROM threads t
LEFT JOIN thread_ttl_defaults d ON d.tenant_id = t.tenant_id AND t.created_at >= d.since
WHERE t.thread_id = %s
