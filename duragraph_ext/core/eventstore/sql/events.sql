-- name: outbox
-- One message a family and tenant: the events of this committed write.
INSERT INTO outbox (id, subject, aggregate_type, tenant_id, owner, payload)
SELECT gen_random_uuid(), format('duragraph.%%s.%%s', g.family, g.tenant_id), min(g.stream_type), g.tenant_id,
    min(g.owner), json_build_object('events', json_agg(json_build_object(
        'event_id', g.event_id, 'aggregate_type', g.stream_type, 'aggregate_id', g.stream_id, 'version', g.version,
        'event_type', g.type, 'payload', g.payload, 'metadata', NULL, 'timestamp', g.at)
        ORDER BY g.stream_id, g.version))
FROM (SELECT e.*, CASE split_part(e.type, '.', 1)
        WHEN 'execution' THEN 'execution' WHEN 'interrupt' THEN 'interrupts' ELSE 'runs' END AS family
      FROM event e) g
GROUP BY g.family, g.tenant_id
RETURNING id, subject, payload

-- name: open_stream
INSERT INTO event_streams (stream_id, stream_type, tenant_id, owner, version) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (stream_id) DO NOTHING RETURNING version

-- name: advance
UPDATE event_streams SET version = version + %s WHERE stream_id = %s AND version = %s AND NOT sealed RETURNING version

-- name: head
SELECT stream_type, version, sealed, epoch FROM event_streams WHERE stream_id = %s

-- name: append
-- Events whose versions were taken with `advance` or `open_stream`, and their message.
WITH event AS (
    INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload)
    SELECT %s::uuid, %s, %s, %s, x.version, x.type, x.payload::json
    FROM unnest(%b, %b, %b) AS x(version, type, payload)
    RETURNING event_id, stream_id, stream_type, version, type, payload, at, tenant_id, owner),
ob AS ({outbox})
SELECT id, subject, payload, (SELECT max(at) FROM event) AS at FROM ob

-- name: load
-- A stream's events behind a version, in order.
SELECT version, type, payload, at, global_seq, tenant_id, owner FROM events
WHERE stream_id = %s AND version > %s ORDER BY version LIMIT %s

-- name: everything
-- The whole log in global order, for a reader that holds a snapshot or a lock.
SELECT global_seq, stream_id, stream_type, version, type, payload, at, tenant_id, owner FROM events
WHERE global_seq > %s ORDER BY global_seq LIMIT %s

-- name: long_streams
-- Runs with so many events behind their last snapshot that a new one pays.
SELECT h.stream_id, h.tenant_id, h.owner FROM event_streams h
WHERE h.stream_type = 'run' AND h.version >= %s
    AND h.version - coalesce((SELECT max(version) FROM snapshots s WHERE s.stream_id = h.stream_id), 0) >= %s LIMIT 50

-- name: latest_snapshot
SELECT version, state FROM snapshots WHERE stream_id = %s ORDER BY version DESC LIMIT 1

-- name: save_snapshot
INSERT INTO snapshots (stream_id, version, state, tenant_id, owner) VALUES (%s, %s, %s::json, %s, %s)
ON CONFLICT DO NOTHING

-- name: of_run
SELECT event_id, stream_type AS aggregate_type, stream_id AS aggregate_id, version, type AS event_type, payload,
    metadata, at AS timestamp, global_seq
FROM events WHERE stream_id = %s AND tenant_id = %s AND owner = %s AND version > %s ORDER BY version LIMIT %s

-- name: feed
-- The log for a reader that follows it: only what every earlier transaction has finished.
SELECT event_id, stream_type AS aggregate_type, stream_id AS aggregate_id, version, type AS event_type, payload,
    metadata, at AS timestamp, global_seq
FROM events
WHERE global_seq > %(after)s AND tenant_id = %(tenant)s AND owner = %(owner)s
    AND xact < pg_snapshot_xmin(pg_current_snapshot()) AND {run} AND {thread} AND {types}
ORDER BY global_seq LIMIT %(limit)s

-- name: latest
SELECT coalesce(max(global_seq), 0) AS seq FROM events WHERE xact < pg_snapshot_xmin(pg_current_snapshot())
