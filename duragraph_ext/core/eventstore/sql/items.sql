-- name: put
-- Puts and deletes (value NULL), each item once. What comes from a run stands only if its attempt still owns the run:
-- its head is locked, so that no other attempt begins in between. Heads are locked before items, each in order.
WITH x AS (
    SELECT * FROM unnest(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b)
    AS x(n, tenant_id, owner, namespace, key, value, ttl, parts, run, epoch)),
heads AS MATERIALIZED (
    SELECT h.stream_id, h.epoch FROM event_streams h
    WHERE h.stream_id IN (SELECT run FROM x) AND NOT h.sealed ORDER BY h.stream_id FOR SHARE),
mine AS MATERIALIZED (
    SELECT x.* FROM x LEFT JOIN heads ON heads.stream_id = x.run AND heads.epoch = x.epoch
    WHERE x.run IS NULL OR heads.stream_id IS NOT NULL),
locked AS MATERIALIZED (
    SELECT 1 FROM store_items i JOIN mine USING (tenant_id, owner, namespace, key)
    ORDER BY i.tenant_id, i.owner, i.namespace, i.key FOR UPDATE OF i),
stands AS MATERIALIZED (
    SELECT mine.*, clock_timestamp() AS at FROM mine WHERE (SELECT count(*) FROM locked) >= 0
    ORDER BY tenant_id, owner, namespace, key),
deleted AS (
    DELETE FROM store_items i USING stands s
    WHERE s.value IS NULL AND (i.tenant_id, i.owner, i.namespace, i.key) = (s.tenant_id, s.owner, s.namespace, s.key)),
put AS (
    INSERT INTO store_items
        (tenant_id, owner, namespace, key, value, ttl_minutes, expires_at, created_at, updated_at)
    SELECT tenant_id, owner, namespace, key, value::json, ttl, at + ttl * interval '1 minute', at, at
    FROM stands WHERE value IS NOT NULL
    ON CONFLICT (tenant_id, owner, namespace, key) DO UPDATE SET
        value = EXCLUDED.value, ttl_minutes = EXCLUDED.ttl_minutes, expires_at = EXCLUDED.expires_at,
        created_at = CASE WHEN store_items.expires_at <= EXCLUDED.updated_at
            THEN EXCLUDED.created_at ELSE store_items.created_at END,
        updated_at = EXCLUDED.updated_at),
embedded AS (
    INSERT INTO store_vectors (tenant_id, owner, namespace, key, part, embedded_by, embedding)
    SELECT s.tenant_id, s.owner, s.namespace, s.key, v.part, v.embedded_by, v.embedding::real[]
    FROM unnest(%b, %b, %b, %b) AS v(n, part, embedded_by, embedding) JOIN stands s ON s.n = v.n
    ON CONFLICT (tenant_id, owner, namespace, key, part)
    DO UPDATE SET embedded_by = EXCLUDED.embedded_by, embedding = EXCLUDED.embedding),
outdated AS (
    DELETE FROM store_vectors v USING stands s
    WHERE s.value IS NOT NULL AND v.part >= s.parts
    AND (v.tenant_id, v.owner, v.namespace, v.key) = (s.tenant_id, s.owner, s.namespace, s.key))
SELECT n FROM stands

-- name: get
-- Items by name; those found are given their time anew where that is asked for, by whoever may still write.
WITH x AS (
    SELECT * FROM unnest(%b, %b, %b, %b, %b, %b, %b, %b)
    AS x(n, tenant_id, owner, namespace, key, refresh, run, epoch)),
due AS MATERIALIZED (
    SELECT i.tenant_id, i.owner, i.namespace, i.key
    FROM store_items i JOIN x USING (tenant_id, owner, namespace, key)
    WHERE x.refresh AND i.expires_at > now()
    AND (x.run IS NULL OR EXISTS (
        SELECT FROM event_streams h WHERE h.stream_id = x.run AND h.epoch = x.epoch AND NOT h.sealed))
    FOR UPDATE OF i SKIP LOCKED),
refreshed AS (
    UPDATE store_items i SET expires_at = now() + i.ttl_minutes * interval '1 minute' FROM due
    WHERE (i.tenant_id, i.owner, i.namespace, i.key) = (due.tenant_id, due.owner, due.namespace, due.key))
SELECT x.n, i.namespace, i.key, i.value, i.created_at, i.updated_at
FROM x JOIN store_items i USING (tenant_id, owner, namespace, key)
WHERE i.expires_at IS NULL OR i.expires_at > now()

-- name: search
-- The latest first.
WITH found AS MATERIALIZED (
    SELECT i.tenant_id, i.owner, i.namespace, i.key, i.value, i.created_at, i.updated_at, NULL::float8 AS score
    FROM store_items i
    WHERE i.tenant_id = %s AND i.owner = %s AND (i.expires_at IS NULL OR i.expires_at > now()){where}
    ORDER BY i.updated_at DESC, i.namespace, i.key LIMIT %s OFFSET %s){refresh}
SELECT namespace, key, value, created_at, updated_at, score FROM found
ORDER BY updated_at DESC, namespace, key

-- name: similar
-- The nearest in meaning first, by an item's best text; then what was not embedded, or by something else.
WITH found AS MATERIALIZED (
    SELECT i.tenant_id, i.owner, i.namespace, i.key, i.value, i.created_at, i.updated_at, near.score
    FROM store_items i, LATERAL (
        SELECT nullif(max(1 - (v.embedding::vector <=> %s::vector)), 'NaN') AS score FROM store_vectors v
        WHERE (v.tenant_id, v.owner, v.namespace, v.key) = (i.tenant_id, i.owner, i.namespace, i.key)
        AND v.embedded_by = %s) near
    WHERE i.tenant_id = %s AND i.owner = %s AND (i.expires_at IS NULL OR i.expires_at > now()){where}
    ORDER BY near.score DESC NULLS LAST, i.updated_at DESC, i.namespace, i.key LIMIT %s OFFSET %s){refresh}
SELECT namespace, key, value, created_at, updated_at, score FROM found
ORDER BY score DESC NULLS LAST, updated_at DESC, namespace, key

-- name: search_refresh
-- What a search found is given its time anew.
, due AS MATERIALIZED (
    SELECT i.tenant_id, i.owner, i.namespace, i.key
    FROM store_items i JOIN found USING (tenant_id, owner, namespace, key)
    WHERE i.expires_at > now()
    AND (%s::uuid IS NULL OR EXISTS (
        SELECT FROM event_streams h WHERE h.stream_id = %s AND h.epoch = %s AND NOT h.sealed))
    FOR UPDATE OF i SKIP LOCKED),
refreshed AS (
    UPDATE store_items i SET expires_at = now() + i.ttl_minutes * interval '1 minute' FROM due
    WHERE (i.tenant_id, i.owner, i.namespace, i.key) = (due.tenant_id, due.owner, due.namespace, due.key))

-- name: where_prefix
-- A namespace and those below it: '/' is the character after '.', and the column's order is the bytes'.
 AND i.namespace >= %s AND i.namespace < %s || '/' AND (i.namespace = %s OR i.namespace >= %s || '.')

-- name: where_eq
-- What is missing is null.
 AND coalesce({at}, 'null') = %s::jsonb

-- name: where_ne
 AND coalesce({at}, 'null') <> %s::jsonb

-- name: where_object
 AND jsonb_typeof({at}) = 'object'

-- name: where_number
-- Numbers compare with numbers, texts with texts; what is neither, or missing, is not found.
 AND CASE jsonb_typeof({at}) WHEN 'number' THEN ({at})::numeric {sign} %s::numeric ELSE false END

-- name: where_text
 AND CASE jsonb_typeof({at}) WHEN 'string' THEN ({at} #>> '{}') COLLATE "C" {sign} %s ELSE false END

-- name: namespaces
-- Every namespace that has an item, cut to a depth.
WITH n AS MATERIALIZED (
    SELECT DISTINCT string_to_array(i.namespace, '.') AS path FROM store_items i
    WHERE i.tenant_id = %s AND i.owner = %s AND (i.expires_at IS NULL OR i.expires_at > now()))
SELECT DISTINCT path[1:coalesce(%s::int, cardinality(path))] AS namespace FROM n WHERE true{where}
ORDER BY namespace LIMIT %s OFFSET %s

-- name: where_begins
-- `*` stands for one label.
 AND cardinality(path) >= cardinality(%s::text[]) AND NOT EXISTS (
    SELECT FROM unnest(%s::text[]) WITH ORDINALITY AS p(label, at)
    WHERE p.label <> '*' AND p.label <> path[p.at])

-- name: where_ends
 AND cardinality(path) >= cardinality(%s::text[]) AND NOT EXISTS (
    SELECT FROM unnest(%s::text[]) WITH ORDINALITY AS p(label, at)
    WHERE p.label <> '*' AND p.label <> path[cardinality(path) - cardinality(%s::text[]) + p.at])

-- name: expire
-- Some of what has outlived its time.
WITH due AS MATERIALIZED (
    SELECT tenant_id, owner, namespace, key FROM store_items WHERE expires_at <= now()
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED)
DELETE FROM store_items i USING due
WHERE (i.tenant_id, i.owner, i.namespace, i.key) = (due.tenant_id, due.owner, due.namespace, due.key)

-- name: vector_extension
CREATE EXTENSION IF NOT EXISTS vector

-- name: vectors
-- Whether the extension is there, and whether it could be made.
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS made,
    EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS available
