-- The transactional outbox. A message is written in the transaction of the events it tells of, published to
-- JetStream right after the commit, and forgotten once JetStream has acknowledged it. What is left behind is
-- published by the relay duty (outbox.yml). tests/spec/test_database.py compares these statements with a
-- freshly migrated database.

CREATE TABLE outbox (
    id             uuid PRIMARY KEY,                    -- also the Nats-Msg-Id, by which JetStream drops repeats
    subject        text NOT NULL,
    aggregate_type text NOT NULL,                       -- run, thread, assistant, graph; hint for work to do
    payload        json NOT NULL,
    tenant_id      text NOT NULL,
    owner          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    attempts       integer NOT NULL DEFAULT 0,          -- by the relay
    last_error     text,
    next_retry_at  timestamptz
);
CREATE INDEX outbox_age ON outbox (created_at, id);     -- the relay takes the oldest first

-- Messages that the relay has given up; nothing publishes them again by itself.
CREATE TABLE outbox_dead (
    LIKE outbox INCLUDING DEFAULTS,
    dead_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id)
);
