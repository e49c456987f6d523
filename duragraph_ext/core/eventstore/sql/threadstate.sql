-- name: look
-- What a change of a thread's state is computed from; `settle` sees whether it still stands.
SELECT thread_id, graph_id, metadata, active_run_id, queued, checkpoint_id, version, state_updated_at FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: settle
SELECT active_run_id, queued, checkpoint_id, version, state_updated_at FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL FOR NO KEY UPDATE

-- name: in_flight
SELECT run_id FROM runs WHERE thread_id = %s AND status IN ('pending', 'running') AND deleted_at IS NULL
ORDER BY created_at

-- name: put
UPDATE threads SET status = %(status)s, error = NULL, graph_id = %(graph)s, checkpoint_id = %(checkpoint)s,
    version = %(version)s, updated_at = %(at)s, state_updated_at = %(at)s WHERE thread_id = %(thread)s

-- name: resolve
-- Questions that the new state asks no more.
UPDATE interrupts SET status = 'resolved', resolved_at = %s
WHERE thread_id = %s AND status = 'open' AND NOT interrupt_id = ANY (%s)
