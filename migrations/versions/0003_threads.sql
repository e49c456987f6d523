-- Threads that expire: their own time to live, or the project's default for threads created since it was set.
ALTER TABLE threads
    ADD COLUMN ttl_strategy text CHECK (ttl_strategy IN ('delete', 'keep_latest')),
    ADD COLUMN ttl_minutes double precision,
    ADD COLUMN expires_at timestamptz;
CREATE INDEX threads_expiring ON threads (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE thread_ttl_defaults (
    tenant_id   text PRIMARY KEY,
    owner       text NOT NULL,
    strategy    text NOT NULL CHECK (strategy IN ('delete', 'keep_latest')),
    ttl_minutes double precision NOT NULL,
    since       timestamptz NOT NULL DEFAULT now()
);

-- A search reads the list of entries that are not sorted in yet: short, it costs a search nothing.
ALTER INDEX threads_metadata SET (gin_pending_list_limit = 64);
