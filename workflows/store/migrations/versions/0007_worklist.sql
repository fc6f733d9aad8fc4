-- Each IF NOT EXISTS: the indexes that follow are built outside of a transaction, and
-- where one fails, all of this runs again.
ALTER TABLE user_tasks
    ADD COLUMN IF NOT EXISTS not_by text[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS delegated_by_id uuid REFERENCES users (id),
    ADD COLUMN IF NOT EXISTS search tsvector;

CREATE TABLE IF NOT EXISTS saved_filters (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    query jsonb NOT NULL,
    shared_with_id uuid,
    position integer NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT saved_filters_pkey PRIMARY KEY (id),
    CONSTRAINT saved_filters_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT saved_filters_shared_with_id_fkey
        FOREIGN KEY (shared_with_id) REFERENCES offices (id)
);

CREATE INDEX IF NOT EXISTS saved_filters_user_idx ON saved_filters (user_id, position);

CREATE INDEX IF NOT EXISTS saved_filters_shared_idx ON saved_filters (shared_with_id)
    WHERE shared_with_id IS NOT NULL;

-- Open tasks of before are found by the words of their case's number and subject.
UPDATE user_tasks SET search = array_to_tsvector(ARRAY(
    SELECT DISTINCT left(word, 64) || '='
    FROM process_instances,
        regexp_split_to_table(
            translate(lower(concat_ws(' ', business_key, subject)), '=', ' '), '\s+'
        ) AS word
    WHERE process_instances.id = user_tasks.instance_id AND word <> ''
))
WHERE state IN ('created', 'claimed') AND search IS NULL;
