-- Who was absent when somebody did the task in their place.
ALTER TABLE user_tasks
    ADD COLUMN completed_for uuid REFERENCES users (id);

CREATE TABLE drafts (
    task_id uuid NOT NULL REFERENCES user_tasks (id),
    user_id uuid NOT NULL REFERENCES users (id),
    fields jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    CONSTRAINT drafts_pkey PRIMARY KEY (task_id, user_id)
);
CREATE INDEX drafts_user_idx ON drafts (user_id);

CREATE TABLE sent_answers (
    task_id uuid NOT NULL REFERENCES user_tasks (id),
    user_id uuid NOT NULL REFERENCES users (id),
    salt bytea NOT NULL,
    digest bytea NOT NULL,
    sent_at timestamptz NOT NULL,
    CONSTRAINT sent_answers_pkey PRIMARY KEY (task_id, user_id)
);

CREATE TABLE comments (
    id uuid DEFAULT gen_random_uuid() NOT NULL CONSTRAINT comments_pkey PRIMARY KEY,
    instance_id uuid NOT NULL REFERENCES process_instances (id),
    task_id uuid REFERENCES user_tasks (id),
    author_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    event_seq integer NOT NULL
);
CREATE INDEX comments_instance_idx ON comments (instance_id, created_at);

CREATE TABLE mentions (
    comment_id uuid NOT NULL REFERENCES comments (id),
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    seen_at timestamptz,
    CONSTRAINT mentions_pkey PRIMARY KEY (comment_id, user_id)
);
CREATE INDEX mentions_user_idx ON mentions (user_id, created_at);
CREATE INDEX mentions_unseen_idx ON mentions (user_id) WHERE seen_at IS NULL;
