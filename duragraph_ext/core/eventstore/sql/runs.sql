-- name: create
-- A batch of runs, at most one a thread. Admission is decided under the thread's row lock, and a run's time is that of
-- its admission: runs wait their turn in this order. A thread that is to be created is inserted busy. Answers one row an
-- admitted run, and the messages to publish.
WITH i AS (
    SELECT * FROM unnest(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b) AS i(
        run_id, thread_id, thread_mode, assistant_id, assistant_version, graph_id, tenant_id, owner, strategy,
        base_metadata, metadata, kwargs, ephemeral, delay, thread_metadata, thread_config, hint_id, subject)),
nt AS (
    INSERT INTO threads (thread_id, tenant_id, owner, status, metadata, config, graph_id, assistant_id,
        active_run_id, ephemeral, created_at, updated_at, state_updated_at)
    SELECT thread_id, tenant_id, owner, 'busy', thread_metadata::jsonb, thread_config::json, graph_id, assistant_id,
        run_id, ephemeral, now(), now(), now()
    FROM i WHERE thread_mode <> 'existing'
        AND NOT EXISTS (SELECT FROM event_streams h WHERE h.stream_id = i.thread_id) ORDER BY thread_id
    ON CONFLICT (thread_id) DO NOTHING RETURNING thread_id),
lt AS MATERIALIZED (
    SELECT t.thread_id, t.active_run_id, t.queued, t.metadata FROM threads t JOIN i ON i.thread_id = t.thread_id
    WHERE t.tenant_id = i.tenant_id AND t.owner = i.owner AND t.deleted_at IS NULL
    ORDER BY t.thread_id FOR NO KEY UPDATE OF t),
a AS (
    SELECT i.*, nt.thread_id IS NOT NULL AS new_thread,
        i.base_metadata::jsonb || coalesce(lt.metadata || jsonb_build_object('graph_id', i.graph_id), '{}')
            || i.metadata::jsonb AS run_metadata,
        CASE WHEN nt.thread_id IS NOT NULL THEN i.thread_metadata::jsonb
            ELSE jsonb_build_object('graph_id', i.graph_id, 'assistant_id', i.assistant_id) END AS onto_thread,
        coalesce(lt.active_run_id IS NOT NULL OR lt.queued > 0, false) AS behind,
        CASE WHEN nt.thread_id IS NOT NULL THEN now() ELSE clock_timestamp() END AS at
    FROM i LEFT JOIN nt ON nt.thread_id = i.thread_id LEFT JOIN lt ON lt.thread_id = i.thread_id
    WHERE (nt.thread_id IS NOT NULL OR lt.thread_id IS NOT NULL)
        AND NOT (i.strategy = 'reject' AND lt.active_run_id IS NOT NULL)),
r AS (
    INSERT INTO runs (run_id, thread_id, assistant_id, assistant_version, graph_id, tenant_id, owner, status,
        multitask_strategy, metadata, kwargs, ephemeral, ready_at, created_at, updated_at)
    SELECT run_id, thread_id, assistant_id, assistant_version, graph_id, tenant_id, owner, 'pending', strategy,
        run_metadata, kwargs::json, ephemeral,
        CASE WHEN NOT behind THEN at + make_interval(secs => delay) END, at, at
    FROM a ON CONFLICT (run_id) DO NOTHING
    RETURNING run_id, metadata, created_at),
s AS (
    INSERT INTO event_streams (stream_id, stream_type, tenant_id, owner, version)
    SELECT a.run_id, 'run', a.tenant_id, a.owner, 1 FROM a JOIN r ON r.run_id = a.run_id
    UNION ALL
    SELECT a.thread_id, 'thread', a.tenant_id, a.owner, 1 FROM a WHERE a.new_thread),
event AS (
    INSERT INTO events (stream_id, stream_type, tenant_id, owner, at, version, type, payload)
    SELECT a.thread_id, 'thread', a.tenant_id, a.owner, a.at, 1, 'thread.created',
        json_build_object('metadata', a.onto_thread, 'ephemeral', a.ephemeral)
    FROM a WHERE a.new_thread
    UNION ALL
    SELECT a.run_id, 'run', a.tenant_id, a.owner, a.at, 1, 'run.created',
        json_build_object('thread_id', a.thread_id, 'assistant_id', a.assistant_id,
            'assistant_version', a.assistant_version, 'graph_id', a.graph_id, 'multitask_strategy', a.strategy,
            'metadata', a.run_metadata, 'kwargs', a.kwargs::json, 'ephemeral', a.ephemeral,
            'thread_metadata', a.onto_thread, 'thread_config', a.thread_config::json)
    FROM a JOIN r ON r.run_id = a.run_id
    RETURNING event_id, stream_id, stream_type, version, type, payload, at, tenant_id, owner),
ut AS (
    UPDATE threads t SET status = 'busy', updated_at = a.at, metadata = t.metadata || a.onto_thread,
        config = (t.config::jsonb || a.thread_config::jsonb)::json,
        graph_id = a.graph_id, assistant_id = a.assistant_id,
        active_run_id = CASE WHEN a.behind THEN t.active_run_id ELSE a.run_id END,
        queued = t.queued + a.behind::int
    FROM a JOIN r ON r.run_id = a.run_id JOIN lt ON lt.thread_id = a.thread_id
    WHERE t.thread_id = a.thread_id),
hint AS (
    INSERT INTO outbox (id, subject, aggregate_type, tenant_id, owner, payload)
    SELECT a.hint_id, a.subject, 'hint', a.tenant_id, a.owner,
        json_build_object('run_id', a.run_id, 'thread_id', a.thread_id, 'graph_id', a.graph_id)
    FROM a JOIN r ON r.run_id = a.run_id WHERE NOT a.behind AND a.delay = 0
    RETURNING id, subject, payload),
ob AS ({outbox})
SELECT r.run_id, r.metadata, r.created_at, NULL::uuid AS id, NULL::text AS subject, NULL::json AS payload FROM r
UNION ALL SELECT run_id, metadata, created_at, NULL, NULL, NULL FROM runs WHERE run_id IN (SELECT run_id FROM i)
UNION ALL SELECT NULL, NULL, NULL, id, subject, payload FROM hint
UNION ALL SELECT NULL, NULL, NULL, id, subject, payload FROM ob

-- name: claim
-- Takes pending runs for a worker whose lease is good; the same attempt id gets the same claim again. A run that
-- has lost two workers may have killed them: it is granted only where no other such run executes. With a first attempt
-- comes the checkpoint that its thread stands at, unless a value of it is large: nobody else writes there any more. (An
-- attempt before it may have, while this statement waited for its locks.)
WITH i AS (SELECT * FROM unnest(%b, %b) AS i(run_id, attempt_id)),
w AS (SELECT worker_id, name FROM workers
    WHERE worker_id = %s AND status = 'alive' AND lease_until > clock_timestamp()),
small AS (SELECT %s::int AS bytes),
l AS MATERIALIZED (
    SELECT r.run_id, i.attempt_id, r.status = 'pending' AS fresh
    FROM event_streams h JOIN runs r ON r.run_id = h.stream_id JOIN i ON i.run_id = h.stream_id
    WHERE NOT h.sealed AND EXISTS (SELECT FROM w) AND (
        (r.status = 'pending' AND r.ready_at <= clock_timestamp() AND (r.attempt < 2 OR (
            NOT EXISTS (SELECT FROM runs s JOIN w ON w.worker_id = s.worker_id WHERE s.status = 'running' AND s.attempt > 2)
            AND r.run_id = (SELECT s.run_id FROM runs s JOIN i ON i.run_id = s.run_id
                WHERE s.status = 'pending' AND s.attempt >= 2 AND s.ready_at <= clock_timestamp()
                ORDER BY s.ready_at, s.run_id LIMIT 1))))
        OR (r.status = 'running' AND r.attempt_id = i.attempt_id))
    ORDER BY h.stream_id FOR NO KEY UPDATE OF h, r),
f AS (
    UPDATE event_streams h SET epoch = h.epoch + 1, op_seq = 0, version = h.version + 1
    FROM l WHERE l.fresh AND h.stream_id = l.run_id
    RETURNING h.stream_id, h.epoch, h.version, h.tenant_id, h.owner),
u AS (
    UPDATE runs r SET status = 'running', lease_epoch = f.epoch, attempt = r.attempt + 1, worker_id = w.worker_id,
        attempt_id = l.attempt_id, started_at = coalesce(r.started_at, now()), updated_at = now()
    FROM f JOIN l ON l.run_id = f.stream_id, w WHERE r.run_id = f.stream_id
    RETURNING r.*),
event AS (
    INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload)
    SELECT f.stream_id, 'run', f.tenant_id, f.owner, f.version, 'run.started',
        json_build_object('epoch', f.epoch, 'attempt', u.attempt, 'worker_id', w.worker_id, 'worker', w.name)
    FROM f JOIN u ON u.run_id = f.stream_id, w
    RETURNING event_id, stream_id, stream_type, version, type, payload, at, tenant_id, owner),
ob AS ({outbox}),
c AS (
    SELECT * FROM u
    UNION ALL SELECT r.* FROM runs r JOIN l ON l.run_id = r.run_id WHERE NOT l.fresh)
SELECT c.run_id, c.thread_id, c.assistant_id, c.graph_id, c.tenant_id, c.owner, c.lease_epoch, c.attempt,
    c.kwargs, c.metadata, c.created_at, t.metadata AS thread_metadata, t.checkpoint_id AS thread_checkpoint_id,
    coalesce(t.watched_until > clock_timestamp(), false) AS watched,
    k.checkpoint_id, k.parent_checkpoint_id, k.checkpoint, k.checkpoint_metadata, b.channel_values, p.pending_writes,
    b.whole AND p.whole AS whole,
    NULL::uuid AS id, NULL::text AS subject, NULL::json AS payload
FROM c CROSS JOIN small LEFT JOIN threads t ON t.thread_id = c.thread_id
LEFT JOIN LATERAL (
    SELECT checkpoint_id, parent_checkpoint_id, checkpoint, metadata AS checkpoint_metadata FROM checkpoints
    WHERE thread_id = c.thread_id::text AND checkpoint_ns = ''
    ORDER BY checkpoint_id DESC LIMIT 1) k ON c.lease_epoch = 1 AND t.checkpoint_id IS NOT NULL
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[convert_to(v.key, 'UTF8'), convert_to(x.type, 'UTF8'), x.blob]) FILTER (WHERE x.fits)
            AS channel_values,
        coalesce(bool_and(x.fits), true) AS whole
    FROM jsonb_each_text(k.checkpoint -> 'channel_versions') v
    CROSS JOIN LATERAL (
        SELECT type, blob, coalesce(octet_length(blob), 0) <= small.bytes AS fits FROM checkpoint_blobs
        WHERE thread_id = c.thread_id::text AND checkpoint_ns = '' AND channel = v.key AND version = v.value
        OFFSET 0) x) b ON k.checkpoint_id IS NOT NULL
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[convert_to(task_id, 'UTF8'), convert_to(channel, 'UTF8'), convert_to(type, 'UTF8'), blob,
            convert_to(task_path, 'UTF8'), convert_to(idx::text, 'UTF8')]) FILTER (WHERE octet_length(blob) <= small.bytes)
            AS pending_writes,
        coalesce(bool_and(octet_length(blob) <= small.bytes), true) AS whole
    FROM checkpoint_writes
    WHERE thread_id = c.thread_id::text AND checkpoint_ns = '' AND checkpoint_id = k.checkpoint_id
    ) p ON k.checkpoint_id IS NOT NULL
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, id, subject, payload FROM ob

-- name: frames_dropped
SELECT frames_dropped_at FROM runs WHERE run_id = %s AND tenant_id = %s AND owner = %s

-- name: waiting
-- Runs that have waited for a worker, of one owner or of all, oldest first: what there is beside hints. Those that have
-- lost two workers execute one at a time and must not crowd out the others: the oldest, and only where none executes.
WITH r AS NOT MATERIALIZED (
    SELECT run_id, ready_at, attempt FROM runs
    WHERE status = 'pending' AND ready_at <= now() - make_interval(secs => %(age)s) AND graph_id = ANY (%(graphs)s)
        AND (%(owner)s::text IS NULL OR (tenant_id = %(tenant)s AND owner = %(owner)s)))
SELECT run_id FROM (
    (SELECT run_id, ready_at FROM r WHERE attempt < 2 ORDER BY ready_at LIMIT %(limit)s)
    UNION ALL
    (SELECT run_id, ready_at FROM r WHERE attempt >= 2 AND NOT EXISTS (
        SELECT FROM runs s WHERE s.worker_id = %(worker)s AND s.status = 'running' AND s.attempt > 2)
    ORDER BY ready_at LIMIT 1)) w
ORDER BY ready_at LIMIT %(limit)s

-- name: promote
-- Frees a thread's oldest waiting run. The thread is free already; a racer that creates a run queues behind it.
WITH t AS MATERIALIZED (
    SELECT thread_id FROM threads WHERE thread_id = ANY (%b) AND active_run_id IS NULL AND queued > 0
    ORDER BY thread_id FOR NO KEY UPDATE),
n AS (
    SELECT DISTINCT ON (r.thread_id) r.run_id, r.thread_id, r.graph_id, r.tenant_id, r.owner
    FROM runs r JOIN t ON t.thread_id = r.thread_id
    WHERE r.status = 'pending' AND r.ready_at IS NULL AND r.deleted_at IS NULL
    ORDER BY r.thread_id, r.created_at, r.run_id),
ut AS (
    UPDATE threads t SET active_run_id = n.run_id, queued = t.queued - 1 FROM n WHERE t.thread_id = n.thread_id),
ur AS (UPDATE runs r SET ready_at = now() FROM n WHERE r.run_id = n.run_id)
SELECT run_id, thread_id, graph_id, tenant_id FROM n

-- name: unpromoted
-- Threads left between a finish and its promotion.
SELECT thread_id FROM threads WHERE active_run_id IS NULL AND queued > 0 LIMIT 500

-- name: lock_thread
SELECT thread_id, active_run_id, queued, checkpoint_id, status FROM threads
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL FOR NO KEY UPDATE

-- name: lock_run
SELECT r.run_id, r.thread_id, r.status, r.worker_id, r.attempt, r.ready_at, r.tenant_id, r.owner, r.graph_id
FROM event_streams h JOIN runs r ON r.run_id = h.stream_id
WHERE h.stream_id = %s FOR NO KEY UPDATE OF h, r

-- name: end_stream
-- The fence for whoever ends a run from outside its worker: a new epoch, and the stream is sealed.
UPDATE event_streams SET epoch = epoch + 1, sealed = true, version = version + 1
WHERE stream_id = %s AND NOT sealed RETURNING version

-- name: end_run
UPDATE runs SET status = %s, error = %s::json, checkpoint_id = %s, updated_at = now(), ended_at = now()
WHERE run_id = %s

-- name: leave_thread
-- A run that ended outside its worker leaves its thread: active or still queued.
UPDATE threads t SET
    active_run_id = CASE WHEN t.active_run_id = %(run)s THEN NULL ELSE t.active_run_id END,
    queued = t.queued - CASE WHEN t.active_run_id IS DISTINCT FROM %(run)s THEN 1 ELSE 0 END,
    status = CASE
        WHEN (CASE WHEN t.active_run_id = %(run)s THEN t.queued > 0
              ELSE t.active_run_id IS NOT NULL OR t.queued > 1 END) THEN 'busy' ELSE %(status)s END,
    error = coalesce(%(error)s::json, t.error),
    checkpoint_id = coalesce(%(checkpoint)s, t.checkpoint_id),
    updated_at = now(), state_updated_at = now(),
    deleted_at = CASE WHEN t.ephemeral THEN now() END
WHERE t.thread_id = %(thread)s

-- name: latest_checkpoint
SELECT max(checkpoint_id) AS checkpoint_id FROM checkpoints WHERE thread_id = %s AND checkpoint_ns = ''

-- name: abandon_executions
-- Nodes that were running when their attempt ended without them.
UPDATE execution_history SET status = %s, ended_at = now(), error = %s WHERE run_id = %s AND status = 'running'

-- name: requeue
-- A lost lease: the run waits again under a new epoch, so that its old worker is fenced.
UPDATE event_streams SET epoch = epoch + 1, op_seq = 0, version = version + 1
WHERE stream_id = %s AND NOT sealed RETURNING version, epoch

-- name: requeue_run
UPDATE runs SET status = 'pending', lease_epoch = %s, attempt = attempt - %s, attempt_id = NULL, worker_id = NULL,
    ready_at = now(), updated_at = now() WHERE run_id = %s

-- name: lost
-- Running runs whose worker's lease has ended.
SELECT r.run_id, r.thread_id FROM runs r LEFT JOIN workers w ON w.worker_id = r.worker_id
WHERE r.status = 'running' AND (w.worker_id IS NULL OR w.lease_until <= clock_timestamp())
ORDER BY r.run_id LIMIT 500

-- name: has_work
-- Whether the sweeper must look often.
SELECT EXISTS (SELECT FROM runs WHERE status IN ('pending', 'running')) AS work

-- name: due
-- Delayed runs whose time has come: their hint was never sent.
SELECT run_id, thread_id, graph_id, tenant_id FROM runs
WHERE status = 'pending' AND ready_at > created_at AND ready_at BETWEEN now() - interval '10 seconds' AND now() LIMIT 500

-- name: unclaimed
-- Runs that nobody took although a worker of their graph has room: their hint went down with a worker, or with NATS.
-- Of those that have lost two workers no more than there are workers: each executes one at a time.
SELECT r.run_id, r.thread_id, r.graph_id, r.tenant_id FROM runs r
WHERE r.status = 'pending' AND r.ready_at <= now() - make_interval(secs => %(age)s)
    AND EXISTS (
        SELECT FROM workers w WHERE w.status = 'alive' AND w.lease_until > clock_timestamp()
            AND r.graph_id = ANY (w.graphs)
            AND w.slots > (SELECT count(*) FROM runs o WHERE o.worker_id = w.worker_id AND o.status = 'running'))
    AND (r.attempt < 2 OR r.run_id IN (
        SELECT d.run_id FROM runs d
        WHERE d.status = 'pending' AND d.attempt >= 2 AND d.ready_at <= now() - make_interval(secs => %(age)s)
        ORDER BY d.ready_at LIMIT (SELECT count(*) FROM workers WHERE status = 'alive')))
ORDER BY r.ready_at LIMIT %(limit)s

-- name: unfinished
-- Newest first, so that none is promoted while the others still end.
SELECT run_id FROM runs WHERE thread_id = %s AND status IN ('pending', 'running') AND deleted_at IS NULL
ORDER BY created_at DESC

-- name: of_thread
SELECT run_id, thread_id, status, worker_id FROM runs WHERE run_id = %s AND thread_id = %s AND deleted_at IS NULL

-- name: thread_there
SELECT 1 FROM threads WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: remove
UPDATE runs SET deleted_at = now(), updated_at = now() WHERE run_id = %s AND deleted_at IS NULL
RETURNING run_id, thread_id

-- name: drop_writes
DELETE FROM checkpoint_writes w USING checkpoints c
WHERE c.thread_id = %s AND c.metadata ->> 'run_id' = %s AND w.thread_id = c.thread_id
    AND w.checkpoint_ns = c.checkpoint_ns AND w.checkpoint_id = c.checkpoint_id

-- name: drop_checkpoints
WITH gone AS (
    DELETE FROM checkpoints WHERE thread_id = %s AND metadata ->> 'run_id' = %s
    RETURNING thread_id, checkpoint_ns, checkpoint_id),
j AS (
    DELETE FROM checkpoint_json c USING gone g
    WHERE (c.thread_id, c.checkpoint_ns, c.checkpoint_id) = (g.thread_id, g.checkpoint_ns, g.checkpoint_id))
DELETE FROM write_json w USING gone g
WHERE (w.thread_id, w.checkpoint_ns, w.checkpoint_id) = (g.thread_id, g.checkpoint_ns, g.checkpoint_id)

-- name: rewind_thread
UPDATE threads t SET updated_at = now(), state_updated_at = now(), checkpoint_id = (
    SELECT max(c.checkpoint_id) FROM checkpoints c WHERE c.thread_id = %(thread)s::text AND c.checkpoint_ns = '')
WHERE t.thread_id = %(thread)s RETURNING t.checkpoint_id

-- name: mark_stream
-- The one event that may follow a run's end: that it was taken back.
UPDATE event_streams SET version = version + 1 WHERE stream_id = %s RETURNING version

-- name: lock_thread_only
SELECT thread_id FROM threads WHERE thread_id = %s FOR NO KEY UPDATE

-- name: still_lost
SELECT w.ended_by, coalesce(w.lease_until < clock_timestamp() - make_interval(secs => x.hear), true) AS long_ago
FROM (SELECT %s::uuid AS run_id, %s::float8 AS hear) x JOIN runs r ON r.run_id = x.run_id
    LEFT JOIN workers w ON w.worker_id = r.worker_id
WHERE w.worker_id IS NULL OR w.lease_until <= clock_timestamp()

-- name: overtime
-- Running runs past their deadline, which their own worker should have ended. The deadline is of an attempt, and while
-- it runs nothing but its claim has updated the run: a run that goes on after a day without a server is not late.
SELECT run_id, thread_id FROM runs
WHERE status = 'running' AND updated_at < now() - make_interval(secs => %s) ORDER BY run_id LIMIT 100

-- name: one
SELECT r.run_id, r.thread_id, r.assistant_id, r.assistant_version, r.graph_id, r.status, r.metadata, r.kwargs,
    r.multitask_strategy, r.error, r.attempt, r.worker_id, r.checkpoint_id, r.lease_epoch, r.ephemeral,
    r.created_at, r.updated_at, r.started_at, r.ended_at, r.ready_at, w.name AS worker,
    CASE WHEN r.status = 'pending' AND r.ready_at IS NULL THEN 'the run before it on its thread' END AS queued_for
FROM runs r LEFT JOIN workers w ON w.worker_id = r.worker_id
WHERE r.run_id = %s AND r.tenant_id = %s AND r.owner = %s AND r.deleted_at IS NULL
    AND (%s::uuid IS NULL OR r.thread_id = %s)

-- name: waiting_of_owner
SELECT count(*)::int FROM (
    SELECT FROM runs WHERE status = 'pending' AND tenant_id = %s AND owner = %s LIMIT %s) w

-- name: filtered
-- Newest first; `before` is the last run of the page before.
SELECT r.run_id, r.thread_id, r.assistant_id, r.assistant_version, r.graph_id, r.status, r.metadata, r.kwargs,
    r.multitask_strategy, r.error, r.attempt, r.worker_id, r.checkpoint_id, r.lease_epoch, r.ephemeral,
    r.created_at, r.updated_at, r.started_at, r.ended_at, r.ready_at, w.name AS worker,
    CASE WHEN r.status = 'pending' AND r.ready_at IS NULL THEN 'the run before it on its thread' END AS queued_for
FROM runs r LEFT JOIN workers w ON w.worker_id = r.worker_id
WHERE r.tenant_id = %(tenant)s AND r.owner = %(owner)s AND r.deleted_at IS NULL
    AND {access} AND {thread} AND {status} AND {graph} AND {assistant} AND {before} AND {metadata}
    AND {since} AND {until} AND {text}
ORDER BY r.created_at DESC, r.run_id DESC LIMIT %(limit)s OFFSET %(offset)s

-- name: cancellable
-- Runs that have not ended, newest first within a thread, so that none is promoted while the others still end.
SELECT run_id, thread_id FROM runs
WHERE tenant_id = %(tenant)s AND owner = %(owner)s AND deleted_at IS NULL AND status = ANY (%(statuses)s)
    AND (%(thread)s::uuid IS NULL OR thread_id = %(thread)s)
    AND (%(runs)s::uuid[] IS NULL OR run_id = ANY (%(runs)s))
ORDER BY thread_id, created_at DESC, run_id DESC

-- name: known
-- How many of some runs of a thread exist.
SELECT count(*)::int AS count FROM runs
WHERE tenant_id = %s AND owner = %s AND deleted_at IS NULL AND thread_id = %s AND run_id = ANY (%s)

-- name: last_of_thread
-- The run that worked last: runs of a thread start one after the other, though not always in the order of their creation.
SELECT run_id FROM runs WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL
    AND started_at IS NOT NULL
ORDER BY started_at DESC LIMIT 1

-- name: outcome
SELECT run_id, thread_id, status, checkpoint_id, error, tenant_id FROM runs WHERE run_id = ANY (%b)
    AND status NOT IN ('pending', 'running')

-- name: frames
SELECT epoch, first, last, data FROM frames
WHERE run_id = %s AND (epoch > %s OR (epoch = %s AND last > %s)) ORDER BY epoch, first LIMIT %s::bigint

-- name: executions
SELECT task_id, node, ns, step, attempt, status, started_at, ended_at, error FROM execution_history
WHERE run_id = %s AND tenant_id = %s AND owner = %s ORDER BY started_at, task_id

-- name: interrupts
SELECT i.interrupt_id, i.run_id, i.thread_id, i.task_id, i.node, i.ns, i.value, i.status, i.created_at, i.resolved_at,
    r.graph_id, r.assistant_id
FROM interrupts i JOIN runs r ON r.run_id = i.run_id
WHERE i.tenant_id = %(tenant)s AND i.owner = %(owner)s AND r.deleted_at IS NULL AND {access}
    AND (%(status)s::text IS NULL OR i.status = %(status)s)
    AND (%(thread)s::uuid IS NULL OR i.thread_id = %(thread)s)
ORDER BY i.created_at DESC LIMIT %(limit)s
