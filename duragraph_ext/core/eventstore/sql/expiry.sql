-- name: set_ttl
UPDATE threads SET ttl_strategy = %s, ttl_minutes = %s, expires_at = %s, version = %s, updated_at = %s
WHERE thread_id = %s

-- name: set_default
-- The default holds for threads created from the moment it is set; set again as it is, it keeps that moment.
INSERT INTO thread_ttl_defaults (tenant_id, owner, strategy, ttl_minutes) VALUES (%s, %s, %s, %s)
ON CONFLICT (tenant_id) DO UPDATE SET strategy = EXCLUDED.strategy, ttl_minutes = EXCLUDED.ttl_minutes,
    owner = EXCLUDED.owner, since = now()
WHERE (thread_ttl_defaults.strategy, thread_ttl_defaults.ttl_minutes) <> (EXCLUDED.strategy, EXCLUDED.ttl_minutes)

-- name: drop_default
DELETE FROM thread_ttl_defaults WHERE tenant_id = %s

-- name: of_thread
-- When a thread expires: by its own time to live, or by the default if it was created under that.
SELECT coalesce(t.ttl_strategy, d.strategy) AS strategy, coalesce(t.ttl_minutes, d.ttl_minutes) AS ttl_minutes,
    coalesce(t.expires_at, t.created_at + d.ttl_minutes * interval '1 minute') AS expires_at
FROM threads t
LEFT JOIN thread_ttl_defaults d ON d.tenant_id = t.tenant_id AND t.created_at >= d.since
WHERE t.thread_id = %s AND t.tenant_id = %s AND t.owner = %s AND coalesce(t.ttl_minutes, d.ttl_minutes) IS NOT NULL

-- name: expired
-- Threads whose time has come; those with runs wait for their end. `now` is when the look began: what
-- is pruned and expires again waits for the next.
(SELECT t.thread_id, t.tenant_id, t.owner, coalesce(t.ttl_strategy, d.strategy, 'delete') AS strategy
FROM threads t LEFT JOIN thread_ttl_defaults d ON d.tenant_id = t.tenant_id
WHERE t.expires_at <= %(now)s AND t.deleted_at IS NULL AND t.active_run_id IS NULL AND t.queued = 0
ORDER BY t.expires_at LIMIT %(limit)s)
UNION ALL
(SELECT t.thread_id, t.tenant_id, t.owner, d.strategy
FROM thread_ttl_defaults d JOIN threads t ON t.tenant_id = d.tenant_id
WHERE t.expires_at IS NULL AND t.created_at BETWEEN d.since AND %(now)s::timestamptz - d.ttl_minutes * interval '1 minute'
    AND t.deleted_at IS NULL AND NOT t.ephemeral AND t.active_run_id IS NULL AND t.queued = 0
LIMIT %(limit)s)
