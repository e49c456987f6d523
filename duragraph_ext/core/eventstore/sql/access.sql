-- name: thread_hidden
-- Whether a thread is there whose metadata does not contain what it must.
SELECT NOT metadata @> %s::jsonb AS hidden FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s
    AND (deleted_at IS NULL OR ephemeral AND purged_at IS NULL)

-- name: run_hidden
-- A run is hidden by its thread.
SELECT NOT t.metadata @> %s::jsonb AS hidden FROM runs r JOIN threads t ON t.thread_id = r.thread_id
WHERE r.run_id = %s AND r.tenant_id = %s AND r.owner = %s

-- name: cron_hidden
SELECT NOT metadata @> %s::jsonb AS hidden FROM crons
WHERE cron_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: assistant_hidden
SELECT NOT metadata @> %s::jsonb AND NOT (%s AND metadata ->> 'created_by' IS NOT DISTINCT FROM 'system') AS hidden
FROM assistants WHERE assistant_id = %s AND tenant_id = %s AND deleted_at IS NULL
    AND (owner = %s OR metadata ->> 'created_by' = 'system')
