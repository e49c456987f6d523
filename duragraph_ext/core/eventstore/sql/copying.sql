-- name: source
SELECT thread_id, metadata, status, config, error, graph_id, assistant_id, checkpoint_id,
    active_run_id IS NOT NULL OR queued > 0 AS busy
FROM threads WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: questions
SELECT interrupt_id, run_id, task_id, node, ns, value, created_at FROM interrupts
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND status = 'open' ORDER BY created_at, interrupt_id

-- name: checkpoints
-- Everything of a thread's state, in one snapshot of the database.
WITH i AS (SELECT %s::text AS target, %s::text AS source),
a AS (INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
    SELECT i.target, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
    FROM checkpoints c JOIN i ON c.thread_id = i.source),
b AS (INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
    SELECT i.target, checkpoint_ns, channel, version, type, blob FROM checkpoint_blobs c JOIN i ON c.thread_id = i.source),
c AS (INSERT INTO checkpoint_writes (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, blob, task_path)
    SELECT i.target, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, blob, task_path
    FROM checkpoint_writes c JOIN i ON c.thread_id = i.source),
d AS (INSERT INTO blob_json (thread_id, checkpoint_ns, channel, version, value)
    SELECT i.target, checkpoint_ns, channel, version, value FROM blob_json c JOIN i ON c.thread_id = i.source),
e AS (INSERT INTO write_json (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, value)
    SELECT i.target, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, value
    FROM write_json c JOIN i ON c.thread_id = i.source)
INSERT INTO checkpoint_json (thread_id, checkpoint_ns, checkpoint_id, tasks, live)
SELECT i.target, checkpoint_ns, checkpoint_id, tasks, live FROM checkpoint_json c JOIN i ON c.thread_id = i.source

-- name: views
-- Views that the graph was asked for; they name their thread.
SELECT checkpoint_ns, checkpoint_id, live FROM checkpoint_json WHERE thread_id = %s AND live IS NOT NULL

-- name: put_view
UPDATE checkpoint_json SET live = %s::json WHERE thread_id = %s AND checkpoint_ns = %s AND checkpoint_id = %s

-- name: latest
-- The latest checkpoint of the root graph, and whether tasks wait on it.
SELECT c.checkpoint_id, coalesce(json_array_length(j.tasks) > 0, false) AS waits
FROM checkpoints c LEFT JOIN checkpoint_json j ON j.thread_id = c.thread_id AND j.checkpoint_ns = c.checkpoint_ns
    AND j.checkpoint_id = c.checkpoint_id
WHERE c.thread_id = %s AND c.checkpoint_ns = '' ORDER BY c.checkpoint_id DESC LIMIT 1

-- name: put
UPDATE threads SET status = %(status)s, config = %(config)s::json, error = %(error)s::json, graph_id = %(graph_id)s,
    assistant_id = %(assistant_id)s, checkpoint_id = %(checkpoint_id)s, version = %(version)s, updated_at = %(at)s
WHERE thread_id = %(thread)s

-- name: put_questions
INSERT INTO interrupts (interrupt_id, run_id, thread_id, task_id, node, ns, value, status, tenant_id, owner, created_at)
SELECT interrupt_id, run_id, %s, task_id, node, ns, value, 'open', tenant_id, owner, created_at FROM interrupts
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND status = 'open'
