-- name: expect
-- With its run: the run's end alone makes it due, so neither a worker nor a cancel has to know of webhooks.
INSERT INTO webhook_deliveries (delivery_id, run_id, tenant_id, owner, url, host) VALUES (%s, %s, %s, %s, %s, %s)

-- name: ripen
-- Deliveries whose run has ended meanwhile.
UPDATE webhook_deliveries d SET status = 'due', next_attempt_at = now()
FROM runs r
WHERE d.status = 'waiting' AND r.run_id = d.run_id AND r.status NOT IN ('pending', 'running')

-- name: claim
-- Due deliveries, a few a host so that a slow one does not keep the others. They are put off for as long as a try
-- may take: a crash in it costs a try, not the delivery.
WITH due AS (
    SELECT d.delivery_id, d.next_attempt_at,
        row_number() OVER (PARTITION BY d.host ORDER BY d.next_attempt_at) AS place
    FROM webhook_deliveries d
    WHERE d.status = 'due' AND d.next_attempt_at <= clock_timestamp() AND NOT d.host = ANY (%(busy)s)),
picked AS (
    SELECT d.delivery_id FROM webhook_deliveries d JOIN due ON due.delivery_id = d.delivery_id
    WHERE due.place <= %(per_host)s ORDER BY due.next_attempt_at LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED)
UPDATE webhook_deliveries d SET attempts = attempts + 1,
    next_attempt_at = clock_timestamp() + make_interval(secs => %(lease)s)
FROM picked WHERE d.delivery_id = picked.delivery_id
RETURNING d.delivery_id, d.run_id, d.tenant_id, d.owner, d.url, d.host, d.body, d.attempts

-- name: run
-- The run that a delivery tells of, as the API shows it; also one that was taken back or deleted since.
SELECT r.run_id, r.thread_id, r.assistant_id, r.graph_id, r.status, r.metadata, r.kwargs, r.multitask_strategy,
    r.error, r.attempt, r.checkpoint_id, r.created_at, r.updated_at, r.started_at, r.ended_at,
    EXISTS (SELECT FROM events e WHERE e.stream_id = r.run_id AND e.type = 'run.rolled_back') AS rolled_back
FROM runs r WHERE r.run_id = %s AND r.tenant_id = %s AND r.owner = %s

-- name: keep_body
-- Every try sends the same bytes.
UPDATE webhook_deliveries SET body = %s WHERE delivery_id = %s AND tenant_id = %s AND owner = %s AND status = 'due'

-- name: put_off
-- A try that failed is followed by a longer pause each time.
UPDATE webhook_deliveries SET last_error = %s,
    next_attempt_at = clock_timestamp() + make_interval(secs => %s * (0.9 + 0.2 * random()))
WHERE delivery_id = %s AND tenant_id = %s AND owner = %s AND status = 'due'

-- name: finish
-- What is sent or given up is told of in the log; the body is not kept.
UPDATE webhook_deliveries SET status = %s, last_error = %s, body = NULL, next_attempt_at = NULL, finished_at = now()
WHERE delivery_id = %s AND tenant_id = %s AND owner = %s AND status = 'due'
RETURNING delivery_id

-- name: pause
-- What there is to wait for: the runs that have not ended, and the seconds until the next try.
SELECT EXISTS (SELECT FROM webhook_deliveries WHERE status = 'waiting') AS waiting,
    (SELECT extract(epoch FROM min(next_attempt_at) - clock_timestamp())::float8
     FROM webhook_deliveries WHERE status = 'due') AS seconds

-- name: backlog
SELECT count(*) FILTER (WHERE status = 'due')::int AS due, count(*) FILTER (WHERE status = 'dead')::int AS dead
FROM webhook_deliveries WHERE status IN ('due', 'dead')
