-- name: forget
-- Rows that JetStream has acknowledged.
DELETE FROM outbox WHERE id = ANY (%b)

-- name: overdue
-- What the direct publish left behind, oldest first.
SELECT id, subject, payload FROM outbox
WHERE created_at < now() - make_interval(secs => %s) AND coalesce(next_retry_at, '-infinity') <= now()
ORDER BY created_at, id LIMIT %s

-- name: defer
-- A publish that failed waits longer each time.
UPDATE outbox SET attempts = attempts + 1, last_error = %s,
    next_retry_at = now() + make_interval(secs => least(30, 0.2 * 2 ^ attempts))
WHERE id = ANY (%b)

-- name: bury
-- After too many attempts a row becomes a dead letter.
WITH gone AS (DELETE FROM outbox WHERE attempts >= %s RETURNING *)
INSERT INTO outbox_dead (id, subject, aggregate_type, payload, tenant_id, owner, created_at, attempts, last_error, next_retry_at)
SELECT id, subject, aggregate_type, payload, tenant_id, owner, created_at, attempts, last_error, next_retry_at FROM gone

-- name: backlog
SELECT (SELECT count(*) FROM outbox)::int AS pending, (SELECT count(*) FROM outbox_dead)::int AS dead
