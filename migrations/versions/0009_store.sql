-- What graphs and clients remember across threads. `namespace` is the path joined by dots, `value` the JSON as it came.
CREATE TABLE store_items (
    tenant_id   text NOT NULL,
    owner       text NOT NULL,
    namespace   text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    value       json NOT NULL,
    ttl_minutes double precision,
    expires_at  timestamptz,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, owner, namespace, key)
);
CREATE INDEX store_items_expiring ON store_items (expires_at) WHERE expires_at IS NOT NULL;

-- The embeddings of an item's texts. Plain arrays: only a search by meaning needs the extension `vector`.
CREATE TABLE store_vectors (
    tenant_id   text NOT NULL,
    owner       text NOT NULL,
    namespace   text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    part        integer NOT NULL,
    embedded_by text NOT NULL,
    embedding   real[] NOT NULL,
    PRIMARY KEY (tenant_id, owner, namespace, key, part),
    FOREIGN KEY (tenant_id, owner, namespace, key) REFERENCES store_items ON DELETE CASCADE
);
ALTER TABLE store_vectors ALTER COLUMN embedding SET STORAGE EXTERNAL;
