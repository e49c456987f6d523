-- A key names what a request made: a run, a batch of them, a thread, an assistant.
ALTER TABLE idempotency_keys ADD COLUMN ids uuid[];
UPDATE idempotency_keys SET ids = ARRAY[run_id];
ALTER TABLE idempotency_keys ALTER COLUMN ids SET NOT NULL, DROP COLUMN run_id;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- A worker that speaks HTTP has no process that anybody here could look at.
ALTER TABLE workers ALTER COLUMN pid DROP NOT NULL;
ALTER TABLE workers ADD COLUMN protocol text NOT NULL DEFAULT 'native' CHECK (protocol IN ('native', 'http'));
ALTER TABLE workers ADD COLUMN lease_seconds double precision;
