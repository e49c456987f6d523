-- Crons and their firings; webhooks on their way.

ALTER TABLE event_streams DROP CONSTRAINT event_streams_stream_type_check;
ALTER TABLE event_streams ADD CONSTRAINT event_streams_stream_type_check
    CHECK (stream_type IN ('run', 'thread', 'assistant', 'graph', 'cron', 'webhook'));

-- `webhook` is a secret and stands here alone: the log and `payload` show its origin.
CREATE TABLE crons (
    cron_id          uuid PRIMARY KEY,
    tenant_id        text NOT NULL,
    owner            text NOT NULL,
    assistant_id     uuid NOT NULL,
    thread_id        uuid,
    schedule         text NOT NULL,
    timezone         text,
    end_time         timestamptz,
    payload          json NOT NULL,
    metadata         jsonb NOT NULL,
    on_run_completed text CHECK (on_run_completed IN ('delete', 'keep')),
    enabled          boolean NOT NULL,
    next_run_date    timestamptz,
    webhook          text,
    version          integer NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    deleted_at       timestamptz
);
CREATE INDEX crons_listing ON crons (tenant_id, owner, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX crons_due ON crons (next_run_date) WHERE deleted_at IS NULL AND enabled;
CREATE INDEX crons_of_thread ON crons (thread_id) WHERE deleted_at IS NULL;
CREATE INDEX crons_of_assistant ON crons (assistant_id) WHERE deleted_at IS NULL;

-- Each tick of a cron at most once, whoever leads.
CREATE TABLE cron_firings (
    cron_id       uuid NOT NULL,
    scheduled_for timestamptz NOT NULL,
    tenant_id     text NOT NULL,
    owner         text NOT NULL,
    run_id        uuid,
    fired_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cron_id, scheduled_for)
);

-- One row a run that has a webhook, written with the run: its end alone makes it due.
CREATE TABLE webhook_deliveries (
    delivery_id     uuid PRIMARY KEY,
    run_id          uuid NOT NULL UNIQUE,
    tenant_id       text NOT NULL,
    owner           text NOT NULL,
    url             text NOT NULL,
    host            text NOT NULL,
    status          text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'due', 'sent', 'dead')),
    body            bytea,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz
) WITH (fillfactor = 70);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (run_id) WHERE status = 'waiting';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE status = 'due';
