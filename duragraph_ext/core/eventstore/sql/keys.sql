-- name: take
-- Nothing when the key was used before; waits for whoever is using it now.
INSERT INTO idempotency_keys (tenant_id, owner, scope, key, body_hash, ids) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING created_at

-- name: read
SELECT ids, body_hash, created_at FROM idempotency_keys
WHERE tenant_id = %s AND owner = %s AND scope = %s AND key = %s

-- name: expire
-- Of all tenants: a duty's statement.
DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < now() - make_interval(secs => %s) LIMIT %s))
