-- name: put
INSERT INTO assistants (assistant_id, tenant_id, owner, graph_id, name, description, config, context, metadata,
    version, latest, created_at, updated_at)
VALUES (%(assistant_id)s, %(tenant_id)s, %(owner)s, %(graph_id)s, %(name)s, %(description)s, %(config)s::json,
    %(context)s::json, %(metadata)s::jsonb, %(version)s, %(version)s, %(at)s, %(at)s)
ON CONFLICT (assistant_id) DO UPDATE SET graph_id = EXCLUDED.graph_id, name = EXCLUDED.name,
    description = EXCLUDED.description, config = EXCLUDED.config, context = EXCLUDED.context,
    metadata = EXCLUDED.metadata, version = EXCLUDED.version, latest = EXCLUDED.latest,
    updated_at = EXCLUDED.updated_at, deleted_at = NULL

-- name: put_version
INSERT INTO assistant_versions (assistant_id, version, tenant_id, owner, graph_id, name, description, config, context,
    metadata, created_at)
VALUES (%(assistant_id)s, %(version)s, %(tenant_id)s, %(owner)s, %(graph_id)s, %(name)s, %(description)s,
    %(config)s::json, %(context)s::json, %(metadata)s::jsonb, %(at)s)

-- name: set_latest
UPDATE assistants a SET graph_id = v.graph_id, name = v.name, description = v.description, config = v.config,
    context = v.context, metadata = v.metadata, version = v.version, updated_at = %(at)s
FROM assistant_versions v
WHERE a.assistant_id = %(assistant_id)s AND v.assistant_id = a.assistant_id AND v.version = %(version)s

-- name: remove
UPDATE assistants SET deleted_at = %s, updated_at = %s WHERE assistant_id = %s

-- name: lock
SELECT a.*, h.version AS stream_version FROM assistants a JOIN event_streams h ON h.stream_id = a.assistant_id
WHERE a.assistant_id = %s AND a.tenant_id = %s AND (a.owner = %s OR a.metadata ->> 'created_by' = 'system')
FOR UPDATE OF a, h

-- name: one
SELECT assistant_id, graph_id, config, context, metadata, name, created_at, updated_at, version, description
FROM assistants
WHERE assistant_id = %s AND tenant_id = %s AND deleted_at IS NULL
    AND (owner = %s OR metadata ->> 'created_by' = 'system')

-- name: taken
SELECT 1 FROM assistants WHERE assistant_id = %s AND deleted_at IS NULL

-- name: filtered
-- {order} is one of a fixed set of columns.
SELECT assistant_id, graph_id, config, context, metadata, name, created_at, updated_at, version, description
FROM assistants
WHERE tenant_id = %(tenant)s AND deleted_at IS NULL
    AND (owner = %(owner)s OR metadata ->> 'created_by' = 'system')
    AND metadata @> %(metadata)s::jsonb AND metadata @> %(access)s::jsonb
    AND (%(graph_id)s::text IS NULL OR graph_id = %(graph_id)s)
    AND (%(name)s::text IS NULL OR strpos(lower(name), lower(%(name)s)) > 0)
ORDER BY {order}, assistant_id LIMIT %(limit)s OFFSET %(offset)s

-- name: counted
SELECT count(*)::int AS n FROM assistants
WHERE tenant_id = %(tenant)s AND deleted_at IS NULL
    AND (owner = %(owner)s OR metadata ->> 'created_by' = 'system')
    AND metadata @> %(metadata)s::jsonb AND metadata @> %(access)s::jsonb
    AND (%(graph_id)s::text IS NULL OR graph_id = %(graph_id)s)
    AND (%(name)s::text IS NULL OR strpos(lower(name), lower(%(name)s)) > 0)

-- name: versions
SELECT assistant_id, version, graph_id, config, context, metadata, created_at, name, description
FROM assistant_versions
WHERE assistant_id = %s AND tenant_id = %s AND metadata @> %s::jsonb ORDER BY version DESC LIMIT %s OFFSET %s

-- name: latest_of
SELECT latest FROM assistants WHERE assistant_id = %s
