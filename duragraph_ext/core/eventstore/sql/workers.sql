-- name: register
INSERT INTO workers (worker_id, tenant_id, owner, name, host, pid, keeper_pid, kernel_id, graphs, slots, status, lease_until)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'alive', clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (worker_id) DO UPDATE SET keeper_pid = EXCLUDED.keeper_pid, graphs = EXCLUDED.graphs,
    status = 'alive', lease_until = EXCLUDED.lease_until, heartbeat_at = clock_timestamp()

-- name: set_keeper
UPDATE workers SET keeper_pid = %s WHERE worker_id = %s

-- name: drain
UPDATE workers SET status = 'draining' WHERE worker_id = %s AND status = 'alive'

-- name: stop
UPDATE workers SET status = 'stopped', lease_until = least(lease_until, clock_timestamp()) WHERE worker_id = %s

-- name: mark_lost
-- Leases that ended without a word.
UPDATE workers SET status = 'lost' WHERE status IN ('alive', 'draining') AND lease_until <= clock_timestamp()
RETURNING worker_id, name

-- name: ended
-- By whoever started a worker and saw its process end: its lease ends too, should its keeper have died with it.
WITH gone AS (
    UPDATE workers SET ended_by = %s, lease_until = least(lease_until, clock_timestamp()),
        status = CASE WHEN status IN ('alive', 'draining') THEN 'lost' ELSE status END
    WHERE name = %s AND host = %s AND pid = %s AND ended_by IS NULL RETURNING worker_id)
SELECT pg_notify('duragraph_worker', worker_id::text) FROM gone

-- name: running_of
SELECT run_id, thread_id FROM runs WHERE worker_id = %s AND status = 'running' ORDER BY run_id

-- name: current
SELECT w.worker_id, w.name, w.protocol, w.pid, w.keeper_pid, w.host, w.kernel_id, w.graphs, w.slots, w.status, w.lease_until,
    w.started_at, w.heartbeat_at,
    ARRAY(SELECT r.run_id FROM runs r WHERE r.worker_id = w.worker_id AND r.status = 'running' ORDER BY r.run_id) AS runs
FROM workers w
WHERE w.tenant_id = %s AND (w.status IN ('alive', 'draining') AND w.lease_until > clock_timestamp())
ORDER BY w.name, w.started_at

-- name: graph_workers
SELECT g AS graph_id, count(*)::int AS workers FROM workers w, unnest(w.graphs) AS g
WHERE w.tenant_id = %s AND w.status = 'alive' AND w.lease_until > clock_timestamp() GROUP BY g

-- name: queue
SELECT count(*) FILTER (WHERE status = 'pending')::int AS pending,
    count(*) FILTER (WHERE status = 'running')::int AS running,
    extract(epoch FROM clock_timestamp() - min(ready_at) FILTER (WHERE status = 'pending' AND ready_at <= now()))::float8
        AS oldest_pending_seconds
FROM runs WHERE status IN ('pending', 'running') AND tenant_id = %s
