-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))

-- name: one
SELECT graph_id, source_hash, definition, error, version, updated_at FROM graphs WHERE tenant_id = %s AND graph_id = %s

-- name: put
INSERT INTO graphs (tenant_id, owner, graph_id, source_hash, definition, error, version, updated_at)
VALUES (%s, %s, %s, %s, %s::json, %s::json, %s, %s)
ON CONFLICT (tenant_id, graph_id) DO UPDATE SET source_hash = EXCLUDED.source_hash,
    definition = EXCLUDED.definition, error = EXCLUDED.error, version = EXCLUDED.version,
    updated_at = EXCLUDED.updated_at

-- name: listing
SELECT graph_id, source_hash, error, updated_at FROM graphs WHERE tenant_id = %s ORDER BY graph_id
