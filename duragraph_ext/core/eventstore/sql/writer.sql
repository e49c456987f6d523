-- name: threads_first
-- Threads are locked before streams, each in id order: two statements never wait for each other in a circle.
tl AS MATERIALIZED (
    SELECT t.thread_id, t.queued FROM threads t WHERE t.thread_id = ANY (%b)
    ORDER BY t.thread_id FOR NO KEY UPDATE)

-- name: fence
-- `u`: run, epoch, events to append, op sequence, whether it ends. `l` locks and fences; `f0` allocates versions.
u AS (SELECT * FROM unnest(%b, %b, %b, %b, %b) AS u(k, e, n, s, z)),
l AS MATERIALIZED (
    SELECT h.stream_id, u.n, u.s, u.z FROM event_streams h JOIN u ON h.stream_id = u.k
    WHERE h.epoch = u.e AND NOT h.sealed AND h.op_seq < u.s {after_threads}
    ORDER BY h.stream_id FOR NO KEY UPDATE OF h),
f0 AS (
    UPDATE event_streams h SET version = h.version + l.n, op_seq = l.s, sealed = l.z
    FROM l WHERE h.stream_id = l.stream_id
    RETURNING h.stream_id AS k, h.version - l.n AS base, h.tenant_id AS t, h.owner AS o),
f AS (
    SELECT k, base, t, o FROM f0
    UNION ALL SELECT '00000000-0000-0000-0000-000000000000'::uuid, 0, '', '')

-- name: blob
INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
SELECT a1, a2, a3, a4, a5, a6 FROM {rows} JOIN f ON f.k = x.k ON CONFLICT DO NOTHING

-- name: checkpoint
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
SELECT a1, a2, a3, a4, a5::jsonb, a6::jsonb FROM {rows} JOIN f ON f.k = x.k
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
DO UPDATE SET checkpoint = EXCLUDED.checkpoint, metadata = EXCLUDED.metadata

-- name: write
INSERT INTO checkpoint_writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
SELECT a1, a2, a3, a4, a5, a6, a7, a8, a9 FROM {rows} JOIN f ON f.k = x.k ON CONFLICT DO NOTHING

-- name: write_over
INSERT INTO checkpoint_writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
SELECT a1, a2, a3, a4, a5, a6, a7, a8, a9 FROM {rows} JOIN f ON f.k = x.k
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
DO UPDATE SET channel = EXCLUDED.channel, type = EXCLUDED.type, blob = EXCLUDED.blob

-- name: checkpoint_json
INSERT INTO checkpoint_json (thread_id, checkpoint_ns, checkpoint_id, tasks, live)
SELECT a1, a2, a3, a4::json, a5::json FROM {rows} JOIN f ON f.k = x.k
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
DO UPDATE SET tasks = coalesce(EXCLUDED.tasks, checkpoint_json.tasks), live = EXCLUDED.live

-- name: blob_json
INSERT INTO blob_json (thread_id, checkpoint_ns, channel, version, value)
SELECT a1, a2, a3, a4, a5::json FROM {rows} JOIN f ON f.k = x.k ON CONFLICT DO NOTHING

-- name: write_json
INSERT INTO write_json (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, value)
SELECT a1, a2, a3, a4, a5, a6, a7, a8::json FROM {rows} JOIN f ON f.k = x.k
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
DO UPDATE SET channel = EXCLUDED.channel, value = EXCLUDED.value

-- name: execution
INSERT INTO execution_history
    (run_id, attempt, tenant_id, owner, task_id, node, ns, step, status, started_at, ended_at, error)
SELECT f.k, r.attempt, f.t, f.o, a1, a2, a3, a4, a5, a6, a7, a8
FROM {rows} JOIN f ON f.k = x.k JOIN runs r ON r.run_id = f.k
ON CONFLICT (run_id, task_id, attempt)
DO UPDATE SET status = EXCLUDED.status, started_at = EXCLUDED.started_at, ended_at = EXCLUDED.ended_at,
    error = EXCLUDED.error

-- name: interrupt
INSERT INTO interrupts
    (run_id, tenant_id, owner, status, interrupt_id, thread_id, task_id, node, ns, value, created_at)
SELECT f.k, f.t, f.o, 'open', a1, a2, a3, a4, a5, a6::json, a7 FROM {rows} JOIN f ON f.k = x.k
ON CONFLICT (thread_id, interrupt_id, run_id)
DO UPDATE SET status = 'open', resolved_at = NULL

-- name: resolution
UPDATE interrupts i SET status = 'resolved', resolved_at = a2
FROM {rows} JOIN f ON f.k = x.k WHERE i.thread_id = a1 AND i.status = 'open' AND i.run_id <> f.k

-- name: frames
INSERT INTO frames (run_id, tenant_id, owner, epoch, first, last, data)
SELECT f.k, f.t, f.o, a1, a2, a3, a4 FROM {rows} JOIN f ON f.k = x.k ON CONFLICT DO NOTHING

-- name: event
INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload, at)
SELECT f.k, 'run', f.t, f.o, f.base + a1, a2, a3::json, a4 FROM {rows} JOIN f ON f.k = x.k ORDER BY f.k, a1
RETURNING event_id, stream_id, stream_type, version, type, payload, at, tenant_id, owner

-- name: finish
fx AS (SELECT x.*, f.t, f.o FROM {rows} JOIN f ON f.k = x.k),
fr AS (
    UPDATE runs r SET status = a1, checkpoint_id = a4, error = a5::json, updated_at = a6, ended_at = a6
    FROM fx WHERE r.run_id = fx.k),
finish AS (
    UPDATE threads t SET
        status = CASE WHEN tl.queued > 0 THEN 'busy' ELSE a3 END,
        error = a5::json,
        checkpoint_id = coalesce(a4, t.checkpoint_id),
        active_run_id = CASE WHEN t.active_run_id = fx.k THEN NULL ELSE t.active_run_id END,
        updated_at = a6, state_updated_at = a6,
        deleted_at = CASE WHEN t.ephemeral THEN a6 END
    FROM fx, tl
    WHERE t.thread_id = a2 AND tl.thread_id = a2)

-- name: answer
-- The runs whose write stands, now or from before a lost acknowledgement.
SELECT k, NULL::uuid AS id, NULL::text AS subject, NULL::json AS payload FROM f
UNION ALL
SELECT h.stream_id, NULL, NULL, NULL FROM u JOIN event_streams h ON h.stream_id = u.k
WHERE h.epoch = u.e AND h.op_seq >= u.s

-- name: answer_outbox
-- The messages to publish.
UNION ALL SELECT NULL, id, subject, payload FROM ob

-- name: answer_queued
-- Threads that an end has freed while runs wait behind it.
UNION ALL SELECT NULL, thread_id, NULL, NULL FROM tl WHERE queued > 0
