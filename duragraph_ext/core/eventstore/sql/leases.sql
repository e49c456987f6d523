-- name: renew
-- By the lease keeper, in Postgres' time; 0 rows mean that the lease is lost. $1 seconds, $2 worker id.
UPDATE workers SET lease_until = clock_timestamp() + make_interval(secs => $1), heartbeat_at = clock_timestamp()
WHERE worker_id = $2::uuid AND status IN ('alive', 'draining') AND lease_until > clock_timestamp()

-- name: expire
-- By the lease keeper, the moment its worker has died. $1 worker id.
WITH gone AS (
    UPDATE workers SET lease_until = clock_timestamp(), status = 'lost'
    WHERE worker_id = $1::uuid AND status IN ('alive', 'draining') RETURNING worker_id)
SELECT pg_notify('duragraph_worker', worker_id::text) FROM gone
