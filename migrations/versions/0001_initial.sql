-- The first schema. Ids are UUID; times are timestamptz; user data is json (jsonb refuses NUL and lone surrogates),
-- metadata that is searched is jsonb.

-- Head of every event stream, and the fence of every write to it: (stream_id, epoch, not sealed).
CREATE TABLE event_streams (
    stream_id   uuid PRIMARY KEY,
    stream_type text NOT NULL CHECK (stream_type IN ('run', 'thread', 'assistant', 'graph')),
    tenant_id   text NOT NULL,
    owner       text NOT NULL,
    version     integer NOT NULL DEFAULT 0,
    epoch       integer NOT NULL DEFAULT 0,
    op_seq      bigint NOT NULL DEFAULT 0,
    sealed      boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);

CREATE TABLE events (
    global_seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id       uuid NOT NULL DEFAULT gen_random_uuid(),
    stream_id      uuid NOT NULL,
    stream_type    text NOT NULL,
    version        integer NOT NULL,
    type           text NOT NULL,
    schema_version smallint NOT NULL DEFAULT 1,
    payload        json NOT NULL,
    metadata       json,
    tenant_id      text NOT NULL,
    owner          text NOT NULL,
    at             timestamptz NOT NULL DEFAULT now(),
    xact           xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (stream_id, version)
);
-- Terminal is final: one terminal event a run.
CREATE UNIQUE INDEX events_one_terminal ON events (stream_id)
    WHERE type IN ('run.completed', 'run.failed', 'run.interrupted', 'run.timed_out', 'run.cancelled');

CREATE TABLE snapshots (
    stream_id  uuid NOT NULL,
    version    integer NOT NULL,
    state      json NOT NULL,
    tenant_id  text NOT NULL,
    owner      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stream_id, version)
);

CREATE TABLE outbox (
    id             uuid PRIMARY KEY,
    subject        text NOT NULL,
    aggregate_type text NOT NULL,
    payload        json NOT NULL,
    tenant_id      text NOT NULL,
    owner          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    attempts       integer NOT NULL DEFAULT 0,
    last_error     text,
    next_retry_at  timestamptz
);
CREATE INDEX outbox_age ON outbox (created_at, id);

CREATE TABLE outbox_dead (LIKE outbox INCLUDING DEFAULTS, dead_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (id));

CREATE TABLE idempotency_keys (
    tenant_id  text NOT NULL,
    owner      text NOT NULL,
    scope      text NOT NULL,
    key        text NOT NULL,
    body_hash  text NOT NULL,
    run_id     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, owner, scope, key)
);

CREATE TABLE graphs (
    tenant_id   text NOT NULL,
    owner       text NOT NULL,
    graph_id    text NOT NULL,
    source_hash text NOT NULL,
    definition  json NOT NULL,
    error       json,
    version     integer NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, graph_id)
);

CREATE TABLE assistants (
    assistant_id uuid PRIMARY KEY,
    tenant_id    text NOT NULL,
    owner        text NOT NULL,
    graph_id     text NOT NULL,
    name         text NOT NULL,
    description  text,
    config       json NOT NULL,
    context      json NOT NULL,
    metadata     jsonb NOT NULL,
    version      integer NOT NULL,
    latest       integer NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz
);
CREATE INDEX assistants_listing ON assistants (tenant_id, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX assistants_metadata ON assistants USING gin (metadata jsonb_path_ops) WHERE deleted_at IS NULL;

CREATE TABLE assistant_versions (
    assistant_id uuid NOT NULL REFERENCES assistants,
    version      integer NOT NULL,
    tenant_id    text NOT NULL,
    owner        text NOT NULL,
    graph_id     text NOT NULL,
    name         text NOT NULL,
    description  text,
    config       json NOT NULL,
    context      json NOT NULL,
    metadata     jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (assistant_id, version)
);

CREATE TABLE threads (
    thread_id        uuid PRIMARY KEY,
    tenant_id        text NOT NULL,
    owner            text NOT NULL,
    status           text NOT NULL CHECK (status IN ('idle', 'busy', 'interrupted', 'error')),
    metadata         jsonb NOT NULL,
    config           json NOT NULL,
    error            json,
    graph_id         text,
    assistant_id     uuid,
    active_run_id    uuid,
    queued           integer NOT NULL DEFAULT 0,
    checkpoint_id    text,
    ephemeral        boolean NOT NULL DEFAULT false,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    state_updated_at timestamptz NOT NULL,
    deleted_at       timestamptz,
    purged_at        timestamptz
) WITH (fillfactor = 70);
CREATE INDEX threads_listing ON threads (tenant_id, owner, created_at DESC) WHERE deleted_at IS NULL AND NOT ephemeral;
CREATE INDEX threads_metadata ON threads USING gin (metadata jsonb_path_ops) WHERE deleted_at IS NULL AND NOT ephemeral;
-- Threads whose next run waits to be promoted: the gap between a finish and its promotion.
CREATE INDEX threads_unpromoted ON threads (thread_id) WHERE active_run_id IS NULL AND queued > 0;
CREATE INDEX threads_unpurged ON threads (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;

CREATE TABLE runs (
    run_id             uuid PRIMARY KEY,
    thread_id          uuid NOT NULL,
    assistant_id       uuid NOT NULL,
    assistant_version  integer NOT NULL,
    graph_id           text NOT NULL,
    tenant_id          text NOT NULL,
    owner              text NOT NULL,
    status             text NOT NULL
        CHECK (status IN ('pending', 'running', 'success', 'error', 'timeout', 'interrupted')),
    multitask_strategy text NOT NULL CHECK (multitask_strategy IN ('reject', 'enqueue', 'interrupt', 'rollback')),
    metadata           jsonb NOT NULL,
    kwargs             json NOT NULL,
    error              json,
    lease_epoch        integer NOT NULL DEFAULT 0,
    attempt            integer NOT NULL DEFAULT 0,
    attempt_id         uuid,
    worker_id          uuid,
    checkpoint_id      text,
    ephemeral          boolean NOT NULL DEFAULT false,
    ready_at           timestamptz,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    started_at         timestamptz,
    ended_at           timestamptz,
    deleted_at         timestamptz
) WITH (fillfactor = 60);
CREATE INDEX runs_listing ON runs (tenant_id, owner, created_at DESC, run_id DESC) WHERE deleted_at IS NULL;
CREATE INDEX runs_of_thread ON runs (thread_id, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX runs_waiting ON runs (ready_at) WHERE status = 'pending';
CREATE INDEX runs_running ON runs (worker_id) WHERE status = 'running';
-- One run at a time per thread, whatever the race.
CREATE UNIQUE INDEX runs_one_running ON runs (thread_id) WHERE status = 'running';

CREATE TABLE interrupts (
    interrupt_id text NOT NULL,
    run_id       uuid NOT NULL,
    thread_id    uuid NOT NULL,
    task_id      text NOT NULL,
    node         text NOT NULL,
    ns           text NOT NULL,
    value        json NOT NULL,
    status       text NOT NULL CHECK (status IN ('open', 'resolved')),
    tenant_id    text NOT NULL,
    owner        text NOT NULL,
    created_at   timestamptz NOT NULL,
    resolved_at  timestamptz,
    PRIMARY KEY (thread_id, interrupt_id, run_id)
);
CREATE INDEX interrupts_open ON interrupts (tenant_id, owner, created_at DESC) WHERE status = 'open';

CREATE TABLE execution_history (
    run_id     uuid NOT NULL,
    task_id    text NOT NULL,
    attempt    integer NOT NULL,
    node       text NOT NULL,
    ns         text NOT NULL,
    step       integer NOT NULL,
    status     text NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'interrupted', 'lost', 'cancelled')),
    error      text,
    tenant_id  text NOT NULL,
    owner      text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (run_id, task_id, attempt)
) WITH (fillfactor = 70);

CREATE TABLE workers (
    worker_id    uuid PRIMARY KEY,
    tenant_id    text NOT NULL,
    owner        text NOT NULL,
    name         text NOT NULL,
    host         text NOT NULL,
    pid          integer NOT NULL,
    keeper_pid   integer,
    kernel_id    text,
    graphs       text[] NOT NULL,
    slots        integer NOT NULL,
    status       text NOT NULL CHECK (status IN ('alive', 'draining', 'lost', 'stopped')),
    lease_until  timestamptz NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
CREATE INDEX workers_current ON workers (status) WHERE status IN ('alive', 'draining');

CREATE TABLE frames (
    run_id    uuid NOT NULL,
    epoch     integer NOT NULL,
    first     integer NOT NULL,
    last      integer NOT NULL,
    data      bytea NOT NULL,
    tenant_id text NOT NULL,
    owner     text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, epoch, first)
);

-- LangGraph's own checkpoint tables, as its Postgres saver makes them, so that its other tools read our threads.
CREATE TABLE checkpoint_migrations (v integer PRIMARY KEY);
CREATE TABLE checkpoints (
    thread_id            text NOT NULL,
    checkpoint_ns        text NOT NULL DEFAULT '',
    checkpoint_id        text NOT NULL,
    parent_checkpoint_id text,
    type                 text,
    checkpoint           jsonb NOT NULL,
    metadata             jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
);
CREATE TABLE checkpoint_blobs (
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL DEFAULT '',
    channel       text NOT NULL,
    version       text NOT NULL,
    type          text NOT NULL,
    blob          bytea,
    PRIMARY KEY (thread_id, checkpoint_ns, channel, version)
);
CREATE TABLE checkpoint_writes (
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL DEFAULT '',
    checkpoint_id text NOT NULL,
    task_id       text NOT NULL,
    idx           integer NOT NULL,
    channel       text NOT NULL,
    type          text,
    blob          bytea NOT NULL,
    task_path     text NOT NULL DEFAULT '',
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);
CREATE INDEX checkpoints_thread_id_idx ON checkpoints (thread_id);
CREATE INDEX checkpoint_blobs_thread_id_idx ON checkpoint_blobs (thread_id);
CREATE INDEX checkpoint_writes_thread_id_idx ON checkpoint_writes (thread_id);

-- The read model of state: JSON beside LangGraph's blobs, one row a channel version, joined on read.
CREATE TABLE checkpoint_json (
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL,
    checkpoint_id text NOT NULL,
    tasks         json,
    live          json,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
) WITH (fillfactor = 70);
CREATE TABLE blob_json (
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL,
    channel       text NOT NULL,
    version       text NOT NULL,
    value         json NOT NULL,
    PRIMARY KEY (thread_id, checkpoint_ns, channel, version)
);
CREATE TABLE write_json (
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL,
    checkpoint_id text NOT NULL,
    task_id       text NOT NULL,
    task_path     text NOT NULL,
    idx           integer NOT NULL,
    channel       text NOT NULL,
    value         json NOT NULL,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);

-- Events are append-only, whoever asks.
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();
CREATE INDEX event_streams_long ON event_streams (version) WHERE stream_type = 'run' AND version >= 100;
