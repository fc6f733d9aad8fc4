-- How many workers in a row died while they were about it.
ALTER TABLE jobs ADD COLUMN deaths SMALLINT DEFAULT 0 NOT NULL;
ALTER TABLE due_work ADD COLUMN deaths SMALLINT DEFAULT 0 NOT NULL;
ALTER TABLE message_subscriptions ADD COLUMN deaths SMALLINT DEFAULT 0 NOT NULL;

CREATE TABLE workers (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_stopping BOOLEAN DEFAULT false NOT NULL,
    running JSONB DEFAULT '{}' NOT NULL,
    firing UUID[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT workers_pkey PRIMARY KEY (id)
);

CREATE TABLE outside_systems (
    system TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    probe_at TIMESTAMP WITH TIME ZONE,
    openings INTEGER DEFAULT 0 NOT NULL,
    last_error TEXT NOT NULL,
    CONSTRAINT outside_systems_pkey PRIMARY KEY (system)
);

CREATE TABLE paused_job_types (
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    paused_by UUID NOT NULL,
    paused_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT paused_job_types_pkey PRIMARY KEY (type),
    CONSTRAINT paused_job_types_paused_by_fkey FOREIGN KEY(paused_by) REFERENCES users (id)
);

CREATE TABLE queue_changes (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id UUID NOT NULL,
    change TEXT NOT NULL,
    type TEXT NOT NULL,
    reason TEXT,
    jobs INTEGER,
    CONSTRAINT queue_changes_pkey PRIMARY KEY (id),
    CONSTRAINT queue_changes_change_check CHECK (change IN ('paused', 'resumed', 'retried')),
    CONSTRAINT queue_changes_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX queue_changes_at_idx ON queue_changes (at);

CREATE TABLE job_counts (
    type TEXT NOT NULL,
    minute TIMESTAMP WITH TIME ZONE NOT NULL,
    done INTEGER NOT NULL,
    CONSTRAINT job_counts_pkey PRIMARY KEY (type, minute)
);
