-- name: put
INSERT INTO crons (cron_id, tenant_id, owner, assistant_id, thread_id, schedule, timezone, end_time, payload, metadata,
    on_run_completed, enabled, next_run_date, user_id, webhook, version, created_at, updated_at)
VALUES (%(cron_id)s, %(tenant)s, %(owner)s, %(assistant_id)s, %(thread_id)s, %(schedule)s, %(timezone)s, %(end_time)s,
    %(payload)s::json, %(metadata)s::jsonb, %(on_run_completed)s, %(enabled)s, %(next_run_date)s, %(user_id)s,
    %(webhook)s, %(version)s, %(at)s, %(at)s)
ON CONFLICT (cron_id) DO UPDATE SET schedule = EXCLUDED.schedule, timezone = EXCLUDED.timezone,
    end_time = EXCLUDED.end_time, payload = EXCLUDED.payload, metadata = EXCLUDED.metadata,
    on_run_completed = EXCLUDED.on_run_completed, enabled = EXCLUDED.enabled, next_run_date = EXCLUDED.next_run_date,
    webhook = EXCLUDED.webhook, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at

-- name: clock
SELECT clock_timestamp() AS now

-- name: notify
-- The leader looks again: something about crons has changed.
SELECT pg_notify(%s, '')

-- name: lock
SELECT c.*, clock_timestamp() AS now FROM crons c
WHERE c.cron_id = %s AND c.tenant_id = %s AND c.owner = %s AND c.deleted_at IS NULL FOR UPDATE OF c

-- name: remove
UPDATE crons SET deleted_at = %s, version = %s WHERE cron_id = %s

-- name: of_thread
SELECT cron_id, version FROM crons
WHERE thread_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL ORDER BY cron_id FOR UPDATE

-- name: of_assistant
-- Whoever owns them: an assistant may be used by all of its tenant.
SELECT cron_id, version, tenant_id, owner FROM crons
WHERE assistant_id = %s AND tenant_id = %s AND deleted_at IS NULL ORDER BY cron_id FOR UPDATE

-- name: one
SELECT * FROM crons WHERE cron_id = %s AND tenant_id = %s AND owner = %s AND deleted_at IS NULL

-- name: filtered
-- {order} is one of a fixed set of columns.
SELECT * FROM crons
WHERE tenant_id = %(tenant)s AND owner = %(owner)s AND deleted_at IS NULL
    AND (%(assistant)s::uuid IS NULL OR assistant_id = %(assistant)s)
    AND (%(thread)s::uuid IS NULL OR thread_id = %(thread)s)
    AND (%(enabled)s::boolean IS NULL OR enabled = %(enabled)s)
    AND metadata @> %(metadata)s::jsonb AND metadata @> %(access)s::jsonb
ORDER BY {order}, cron_id LIMIT %(limit)s OFFSET %(offset)s

-- name: counted
SELECT count(*)::int AS n FROM crons
WHERE tenant_id = %(tenant)s AND owner = %(owner)s AND deleted_at IS NULL
    AND (%(assistant)s::uuid IS NULL OR assistant_id = %(assistant)s)
    AND (%(thread)s::uuid IS NULL OR thread_id = %(thread)s)
    AND metadata @> %(metadata)s::jsonb AND metadata @> %(access)s::jsonb

-- name: due
SELECT cron_id, thread_id, tenant_id, owner FROM crons
WHERE deleted_at IS NULL AND enabled AND next_run_date <= clock_timestamp()
    AND (end_time IS NULL OR next_run_date <= end_time)
ORDER BY next_run_date LIMIT %s

-- name: next_due
-- Seconds until the next cron is due, by the database's clock.
SELECT extract(epoch FROM min(next_run_date) - clock_timestamp())::float8 AS seconds FROM crons
WHERE deleted_at IS NULL AND enabled AND (end_time IS NULL OR next_run_date <= end_time)

-- name: lock_due
SELECT c.*, clock_timestamp() AS now FROM crons c
WHERE c.cron_id = %s AND c.deleted_at IS NULL AND c.enabled AND c.next_run_date <= clock_timestamp()
    AND (c.end_time IS NULL OR c.next_run_date <= c.end_time) FOR UPDATE OF c

-- name: spend
-- A tick is spent once, whatever the race.
INSERT INTO cron_firings (cron_id, scheduled_for, tenant_id, owner, run_id) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING cron_id

-- name: advance
UPDATE crons SET next_run_date = %s, version = %s WHERE cron_id = %s
