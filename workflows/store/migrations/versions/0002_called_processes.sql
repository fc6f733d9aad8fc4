-- Columns without a default: nothing is rewritten, no row is read.
ALTER TABLE user_tasks ADD COLUMN called_process TEXT;

ALTER TABLE jobs ADD COLUMN called_process TEXT;

ALTER TABLE message_subscriptions ADD COLUMN called_process TEXT;

ALTER TABLE deadlines ADD COLUMN called_process TEXT;

ALTER TABLE incidents ADD COLUMN called_process TEXT;

ALTER TABLE events ADD COLUMN called_process TEXT;

-- Which release is the newest: two may be of one moment, where the clock stands still.
ALTER TABLE releases ADD COLUMN number BIGINT GENERATED ALWAYS AS IDENTITY;

CREATE TABLE release_takes (
    release_id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    definition_version_id UUID NOT NULL,
    from_release_id UUID NOT NULL,
    CONSTRAINT release_takes_pkey PRIMARY KEY (release_id, kind, key),
    CONSTRAINT release_takes_kind_check CHECK (kind IN ('process', 'model', 'decision')),
    CONSTRAINT release_takes_release_id_fkey FOREIGN KEY(release_id) REFERENCES releases (id),
    CONSTRAINT release_takes_definition_version_id_fkey FOREIGN KEY(definition_version_id) REFERENCES definition_versions (id),
    CONSTRAINT release_takes_from_release_id_fkey FOREIGN KEY(from_release_id) REFERENCES releases (id)
);

CREATE OR REPLACE FUNCTION events_are_append_only() RETURNS trigger AS $$
BEGIN
    -- The one change allowed is to erase personal details with their salt.
    IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND NEW.salt IS NULL
       AND (NEW.instance_id, NEW.seq, NEW.type, NEW.at, NEW.actor, NEW.hash)
           = (OLD.instance_id, OLD.seq, OLD.type, OLD.at, OLD.actor, OLD.hash)
       AND NEW.element_id IS NOT DISTINCT FROM OLD.element_id
       AND NEW.called_process IS NOT DISTINCT FROM OLD.called_process
       AND NEW.commitment IS NOT DISTINCT FROM OLD.commitment THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are append-only';
END;
$$ LANGUAGE plpgsql;
