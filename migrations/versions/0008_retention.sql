-- Retention: a stream may lose its events up to `base`, where a snapshot stands in for them.
ALTER TABLE event_streams ADD COLUMN base integer NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN frames_dropped_at timestamptz;

-- One index for deleted threads: those still to purge (no purged_at) and those to forget (an old one).
DROP INDEX threads_unpurged;
CREATE INDEX threads_gone ON threads (purged_at, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX frames_age ON frames USING brin (at);

-- The only way past the trigger: whole streams that are forgotten, or the part of a stream that a snapshot holds.
CREATE FUNCTION purge_events(streams uuid[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE gone bigint;
BEGIN
    PERFORM set_config('duragraph.purging', 'on', true);
    DELETE FROM events e USING unnest(streams) AS s(stream_id)
    WHERE e.stream_id = s.stream_id
        AND e.version <= coalesce((SELECT h.base FROM event_streams h WHERE h.stream_id = s.stream_id), e.version);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('duragraph.purging', 'off', true);
    RETURN gone;
END $$;
CREATE OR REPLACE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('duragraph.purging', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation';
END $$;
