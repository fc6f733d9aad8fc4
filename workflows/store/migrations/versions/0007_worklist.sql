ALTER TABLE user_tasks
    ADD COLUMN not_by text[] NOT NULL DEFAULT '{}',
    ADD COLUMN delegated_by_id uuid REFERENCES users (id),
    ADD COLUMN search text[] NOT NULL DEFAULT '{}';
