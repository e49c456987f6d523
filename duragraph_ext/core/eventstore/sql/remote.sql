-- name: register
INSERT INTO workers (worker_id, tenant_id, owner, name, host, protocol, graphs, slots, lease_seconds, status, lease_until)
VALUES (%(worker)s, %(tenant)s, %(owner)s, %(name)s, %(host)s, 'http', %(graphs)s, %(slots)s, %(lease)s, 'alive',
    clock_timestamp() + make_interval(secs => %(lease)s))

-- name: served_natively
-- Those of some graphs that workers of our own kind serve now.
SELECT DISTINCT g AS graph_id FROM workers w, unnest(w.graphs) AS g
WHERE w.tenant_id = %s AND w.protocol = 'native' AND w.status = 'alive' AND w.lease_until > clock_timestamp()
    AND g = ANY (%s) ORDER BY g

-- name: renew
-- A sign of life, in Postgres' time; no row means that the lease is lost.
UPDATE workers w SET lease_until = clock_timestamp() + make_interval(secs => w.lease_seconds),
    heartbeat_at = clock_timestamp(), status = CASE WHEN %(drains)s THEN 'draining' ELSE w.status END
WHERE w.worker_id = %(worker)s AND w.tenant_id = %(tenant)s AND w.owner = %(owner)s AND w.protocol = 'http'
    AND w.status IN ('alive', 'draining') AND w.lease_until > clock_timestamp()
RETURNING w.status, w.graphs, w.slots, w.lease_until,
    ARRAY(SELECT r.run_id FROM runs r WHERE r.worker_id = w.worker_id AND r.status = 'running' ORDER BY r.run_id) AS runs

-- name: untold
-- Granted runs that the worker seems not to know of: their answer was lost. One that says what it works on is
-- believed; another is given time to say something.
SELECT r.run_id, r.attempt_id FROM runs r JOIN event_streams h ON h.stream_id = r.run_id
WHERE r.worker_id = %(worker)s AND r.tenant_id = %(tenant)s AND r.owner = %(owner)s AND r.status = 'running'
    AND h.op_seq = 0 AND CASE WHEN %(known)s::uuid[] IS NULL
        THEN r.updated_at < clock_timestamp() - make_interval(secs => %(patience)s)
        ELSE r.run_id <> ALL (%(known)s) END
ORDER BY r.run_id LIMIT %(limit)s

-- name: one
SELECT w.worker_id, w.name, w.pid, w.keeper_pid, w.host, w.kernel_id, w.protocol, w.graphs, w.slots, w.lease_until,
    w.started_at, w.heartbeat_at,
    CASE WHEN w.status IN ('alive', 'draining') AND w.lease_until <= clock_timestamp() THEN 'lost' ELSE w.status END
        AS status,
    ARRAY(SELECT r.run_id FROM runs r WHERE r.worker_id = w.worker_id AND r.status = 'running' ORDER BY r.run_id) AS runs
FROM workers w WHERE w.worker_id = %s AND w.tenant_id = %s

-- name: place
-- Where a run belongs: read before anything is locked.
SELECT thread_id, graph_id FROM runs WHERE run_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: fence
-- Locks a run's stream under the thread's lock, and says whose it is.
SELECT h.epoch, h.op_seq, h.version, h.sealed, r.status, r.worker_id, r.attempt, r.kwargs, r.metadata, r.graph_id,
    r.assistant_id, now() AS at
FROM event_streams h JOIN runs r ON r.run_id = h.stream_id
WHERE h.stream_id = %s FOR NO KEY UPDATE OF h, r

-- name: advance
UPDATE event_streams SET version = version + %s, op_seq = %s, sealed = %s WHERE stream_id = %s

-- name: checkpoint
-- The thread's latest checkpoint, or the one that is named, with its values.
SELECT c.checkpoint_id, c.checkpoint::json AS checkpoint, c.metadata::json AS metadata,
    c.metadata ->> 'run_id' IS NOT DISTINCT FROM %(run)s AS own, j.tasks, b.channels, b.channel_values
FROM checkpoints c
LEFT JOIN checkpoint_json j ON j.thread_id = c.thread_id AND j.checkpoint_ns = '' AND j.checkpoint_id = c.checkpoint_id
LEFT JOIN LATERAL (
    SELECT array_agg(v.key) AS channels, array_agg(b.value) AS channel_values
    FROM jsonb_each_text(c.checkpoint -> 'channel_versions') v
    CROSS JOIN LATERAL (
        SELECT value::text FROM blob_json
        WHERE thread_id = c.thread_id AND checkpoint_ns = '' AND channel = v.key AND version = v.value OFFSET 0) b
) b ON true
WHERE c.thread_id = %(thread)s AND c.checkpoint_ns = '' AND (%(at)s::text IS NULL OR c.checkpoint_id = %(at)s)
ORDER BY c.checkpoint_id DESC LIMIT 1

-- name: put_checkpoint
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
VALUES (%s, '', %s, %s, %s::jsonb, %s::jsonb)

-- name: put_channel
WITH b AS (
    INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
    VALUES (%(thread)s, '', %(channel)s, %(version)s, 'json', convert_to(%(value)s, 'UTF8')))
INSERT INTO blob_json (thread_id, checkpoint_ns, channel, version, value)
VALUES (%(thread)s, '', %(channel)s, %(version)s, %(value)s::json)

-- name: put_tasks
INSERT INTO checkpoint_json (thread_id, checkpoint_ns, checkpoint_id, tasks) VALUES (%s, '', %s, %s::json)
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id) DO UPDATE SET tasks = EXCLUDED.tasks, live = NULL

-- name: put_write
INSERT INTO write_json (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, value)
VALUES (%s, '', %s, %s, '', %s, %s, %s::json)

-- name: begin_node
INSERT INTO execution_history (run_id, attempt, tenant_id, owner, task_id, node, ns, step, status, started_at)
VALUES (%s, %s, %s, %s, %s, %s, '', %s, 'running', now())

-- name: end_node
UPDATE execution_history SET status = %s, ended_at = now(), error = %s
WHERE run_id = %s AND task_id = %s AND attempt = %s

-- name: running_nodes
SELECT task_id, node, step, started_at FROM execution_history
WHERE run_id = %s AND attempt = %s AND status = 'running' ORDER BY started_at DESC, task_id

-- name: node_count
SELECT count(*)::int AS count FROM execution_history WHERE run_id = %s AND attempt = %s

-- name: ask
INSERT INTO interrupts (run_id, tenant_id, owner, status, interrupt_id, thread_id, task_id, node, ns, value, created_at)
VALUES (%s, %s, %s, 'open', %s, %s, %s, %s, '', %s::json, now())

-- name: resolve
UPDATE interrupts SET status = 'resolved', resolved_at = now()
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND status = 'open' AND run_id <> %s RETURNING interrupt_id

-- name: put_frames
INSERT INTO frames (run_id, tenant_id, owner, epoch, first, last, data) VALUES (%s, %s, %s, %s, %s, %s, %s)

-- name: last_frame
SELECT coalesce(max(last), 0) AS last FROM frames WHERE run_id = %s AND epoch = %s

-- name: end_run
UPDATE runs SET status = %(status)s, checkpoint_id = %(checkpoint)s, error = %(error)s::json, updated_at = now(),
    ended_at = now()
WHERE run_id = %(run)s

-- name: leave_thread
UPDATE threads t SET
    status = CASE WHEN t.queued > 0 THEN 'busy' ELSE %(thread_status)s END,
    error = %(error)s::json,
    checkpoint_id = coalesce(%(checkpoint)s, t.checkpoint_id),
    active_run_id = CASE WHEN t.active_run_id = %(run)s THEN NULL ELSE t.active_run_id END,
    updated_at = now(), state_updated_at = now(),
    deleted_at = CASE WHEN t.ephemeral THEN now() END
WHERE t.thread_id = %(thread)s
