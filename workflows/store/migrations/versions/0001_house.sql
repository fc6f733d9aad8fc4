CREATE TABLE events (
    instance_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    element_id TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT,
    salt BYTEA,
    commitment BYTEA,
    hash BYTEA NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (instance_id, seq, at)
)
 PARTITION BY RANGE (at);

CREATE TABLE manual_clock (
    "only" BOOLEAN DEFAULT true NOT NULL,
    now TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT manual_clock_pkey PRIMARY KEY ("only"),
    CONSTRAINT manual_clock_one_row_check CHECK ("only")
);

CREATE TABLE offices (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id UUID,
    path UUID[] NOT NULL,
    names JSONB NOT NULL,
    region TEXT,
    opens_at TIME WITHOUT TIME ZONE DEFAULT '09:00' NOT NULL,
    closes_at TIME WITHOUT TIME ZONE DEFAULT '18:30' NOT NULL,
    CONSTRAINT offices_pkey PRIMARY KEY (id),
    CONSTRAINT offices_kind_check CHECK (kind IN ('ministry', 'region', 'district', 'school', 'operator')),
    CONSTRAINT offices_hours_check CHECK (opens_at < closes_at),
    CONSTRAINT offices_code_key UNIQUE (code),
    CONSTRAINT offices_parent_id_fkey FOREIGN KEY(parent_id) REFERENCES offices (id)
);

CREATE INDEX offices_parent_id_idx ON offices (parent_id);

CREATE INDEX offices_path_idx ON offices USING gin (path);

CREATE TABLE users (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    locale TEXT DEFAULT 'kk' NOT NULL,
    is_demo BOOLEAN DEFAULT false NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    failed_sign_ins INTEGER DEFAULT '0' NOT NULL,
    locked_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_login_key UNIQUE (login)
);

CREATE TABLE api_tokens (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT api_tokens_token_hash_key UNIQUE (token_hash)
);

CREATE INDEX api_tokens_user_id_idx ON api_tokens (user_id);

CREATE TABLE buffered_messages (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name TEXT NOT NULL,
    correlation_key TEXT NOT NULL,
    variables TEXT NOT NULL,
    published_by UUID NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT buffered_messages_pkey PRIMARY KEY (id),
    CONSTRAINT buffered_messages_published_by_fkey FOREIGN KEY(published_by) REFERENCES users (id)
);

CREATE INDEX buffered_messages_name_idx ON buffered_messages (name, correlation_key, published_at);

CREATE TABLE calendar_overrides (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    office_id UUID,
    day DATE NOT NULL,
    is_working BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT calendar_overrides_pkey PRIMARY KEY (id),
    CONSTRAINT calendar_overrides_office_id_day_key UNIQUE NULLS NOT DISTINCT (office_id, day),
    CONSTRAINT calendar_overrides_office_id_fkey FOREIGN KEY(office_id) REFERENCES offices (id)
);

CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status INTEGER NOT NULL,
    subject JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE TABLE memberships (
    user_id UUID NOT NULL,
    office_id UUID NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (user_id, office_id, role),
    CONSTRAINT memberships_role_check CHECK (role IN ('administrator', 'supervisor', 'designer', 'clerk', 'applicant', 'service')),
    CONSTRAINT memberships_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT memberships_office_id_fkey FOREIGN KEY(office_id) REFERENCES offices (id)
);

CREATE TABLE releases (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE NOT NULL,
    released_by UUID,
    CONSTRAINT releases_pkey PRIMARY KEY (id),
    CONSTRAINT releases_released_by_fkey FOREIGN KEY(released_by) REFERENCES users (id)
);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    csrf_token TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX sessions_user_id_idx ON sessions (user_id);

CREATE TABLE definition_versions (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    content_hash BYTEA NOT NULL,
    release_id UUID NOT NULL,
    file TEXT NOT NULL,
    source BYTEA NOT NULL,
    names JSONB NOT NULL,
    compiled JSONB NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT definition_versions_pkey PRIMARY KEY (id),
    CONSTRAINT definition_versions_kind_key_version_key UNIQUE (kind, key, version),
    CONSTRAINT definition_versions_kind_check CHECK (kind IN ('process', 'form', 'procedure')),
    CONSTRAINT definition_versions_release_id_fkey FOREIGN KEY(release_id) REFERENCES releases (id)
);

CREATE TABLE process_instances (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    process_key TEXT NOT NULL,
    definition_version_id UUID NOT NULL,
    release_id UUID NOT NULL,
    business_key TEXT,
    subject TEXT,
    office_id UUID NOT NULL,
    state TEXT NOT NULL,
    saved TEXT NOT NULL,
    ended_by JSONB,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_by UUID,
    ended_at TIMESTAMP WITH TIME ZONE,
    event_seq INTEGER DEFAULT '0' NOT NULL,
    event_hash BYTEA NOT NULL,
    CONSTRAINT process_instances_pkey PRIMARY KEY (id),
    CONSTRAINT process_instances_state_check CHECK (state IN ('active', 'suspended', 'completed', 'canceled')),
    CONSTRAINT process_instances_definition_version_id_fkey FOREIGN KEY(definition_version_id) REFERENCES definition_versions (id),
    CONSTRAINT process_instances_release_id_fkey FOREIGN KEY(release_id) REFERENCES releases (id),
    CONSTRAINT process_instances_office_id_fkey FOREIGN KEY(office_id) REFERENCES offices (id),
    CONSTRAINT process_instances_started_by_fkey FOREIGN KEY(started_by) REFERENCES users (id)
);

CREATE INDEX process_instances_business_key_idx ON process_instances (business_key);

CREATE INDEX process_instances_list_idx ON process_instances (process_key, state, started_at);

CREATE INDEX process_instances_office_idx ON process_instances (office_id, started_at);

CREATE TABLE release_parts (
    release_id UUID NOT NULL,
    definition_version_id UUID NOT NULL,
    CONSTRAINT release_parts_pkey PRIMARY KEY (release_id, definition_version_id),
    CONSTRAINT release_parts_release_id_fkey FOREIGN KEY(release_id) REFERENCES releases (id),
    CONSTRAINT release_parts_definition_version_id_fkey FOREIGN KEY(definition_version_id) REFERENCES definition_versions (id)
);

CREATE TABLE due_work (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    queue TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    instance_id UUID,
    subject_id UUID NOT NULL,
    CONSTRAINT due_work_pkey PRIMARY KEY (id),
    CONSTRAINT due_work_state_check CHECK (state IN ('waiting', 'fired', 'canceled')),
    CONSTRAINT due_work_queue_check CHECK (queue IN ('timer', 'retry', 'deadline')),
    CONSTRAINT due_work_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id)
);

CREATE INDEX due_work_due_idx ON due_work (due_at) WHERE state = 'waiting';

CREATE UNIQUE INDEX due_work_subject_key ON due_work (queue, subject_id) WHERE state = 'waiting';

CREATE TABLE incidents (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    instance_id UUID NOT NULL,
    token UUID NOT NULL,
    element_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    state TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by UUID,
    CONSTRAINT incidents_pkey PRIMARY KEY (id),
    CONSTRAINT incidents_state_check CHECK (state IN ('open', 'resolved')),
    CONSTRAINT incidents_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id),
    CONSTRAINT incidents_resolved_by_fkey FOREIGN KEY(resolved_by) REFERENCES users (id)
);

CREATE INDEX incidents_instance_id_idx ON incidents (instance_id);

CREATE UNIQUE INDEX incidents_token_key ON incidents (token) WHERE state = 'open';

CREATE TABLE jobs (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    instance_id UUID NOT NULL,
    element_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    variables TEXT,
    headers JSONB DEFAULT '{}' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    retries INTEGER NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_state_check CHECK (state IN ('todo', 'doing', 'succeeded', 'failed', 'canceled')),
    CONSTRAINT jobs_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id)
);

CREATE INDEX jobs_instance_idx ON jobs (instance_id);

CREATE INDEX jobs_open_idx ON jobs (type, created_at) WHERE state IN ('todo', 'doing', 'failed');

CREATE TABLE message_subscriptions (
    token UUID NOT NULL,
    instance_id UUID NOT NULL,
    element_id TEXT NOT NULL,
    name TEXT NOT NULL,
    correlation_key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT message_subscriptions_pkey PRIMARY KEY (token),
    CONSTRAINT message_subscriptions_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id)
);

CREATE INDEX message_subscriptions_instance_id_idx ON message_subscriptions (instance_id);

CREATE INDEX message_subscriptions_name_idx ON message_subscriptions (name, correlation_key);

CREATE TABLE user_tasks (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    instance_id UUID NOT NULL,
    process_key TEXT NOT NULL,
    element_id TEXT NOT NULL,
    state TEXT NOT NULL,
    office_id UUID NOT NULL,
    assignee_id UUID,
    candidate_groups TEXT[] NOT NULL,
    candidate_users TEXT[] DEFAULT '{}' NOT NULL,
    priority INTEGER DEFAULT '50' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    follow_up_at TIMESTAMP WITH TIME ZONE,
    deadline_at TIMESTAMP WITH TIME ZONE,
    sort_at TIMESTAMP WITH TIME ZONE,
    form_id TEXT,
    norms TEXT[] DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    completed_by UUID,
    CONSTRAINT user_tasks_pkey PRIMARY KEY (id),
    CONSTRAINT user_tasks_state_check CHECK (state IN ('created', 'claimed', 'completed', 'canceled')),
    CONSTRAINT user_tasks_claimed_by_check CHECK ((state = 'claimed') <= (assignee_id IS NOT NULL)),
    CONSTRAINT user_tasks_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id),
    CONSTRAINT user_tasks_office_id_fkey FOREIGN KEY(office_id) REFERENCES offices (id),
    CONSTRAINT user_tasks_assignee_id_fkey FOREIGN KEY(assignee_id) REFERENCES users (id),
    CONSTRAINT user_tasks_completed_by_fkey FOREIGN KEY(completed_by) REFERENCES users (id)
);

CREATE INDEX user_tasks_assignee_idx ON user_tasks (assignee_id, sort_at) WHERE state = 'claimed';

CREATE INDEX user_tasks_instance_idx ON user_tasks (instance_id);

CREATE INDEX user_tasks_worklist_idx ON user_tasks (office_id, sort_at, id) WHERE state IN ('created', 'claimed');

CREATE TABLE deadlines (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    instance_id UUID NOT NULL,
    task_id UUID,
    process_key TEXT NOT NULL,
    element_id TEXT NOT NULL,
    office_id UUID NOT NULL,
    state TEXT NOT NULL,
    term TEXT NOT NULL,
    norms TEXT[] DEFAULT '{}' NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_estimated BOOLEAN DEFAULT false NOT NULL,
    paused_at TIMESTAMP WITH TIME ZONE,
    met_at TIMESTAMP WITH TIME ZONE,
    missed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT deadlines_pkey PRIMARY KEY (id),
    CONSTRAINT deadlines_state_check CHECK (state IN ('running', 'paused', 'met', 'missed')),
    CONSTRAINT deadlines_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id),
    CONSTRAINT deadlines_task_id_fkey FOREIGN KEY(task_id) REFERENCES user_tasks (id),
    CONSTRAINT deadlines_office_id_fkey FOREIGN KEY(office_id) REFERENCES offices (id)
);

CREATE UNIQUE INDEX deadlines_instance_task_key ON deadlines (instance_id, task_id) NULLS NOT DISTINCT;

CREATE INDEX deadlines_open_idx ON deadlines (office_id, due_at) WHERE met_at IS NULL;

CREATE TABLE events_rest PARTITION OF events DEFAULT;

CREATE FUNCTION events_are_append_only() RETURNS trigger AS $$
BEGIN
    -- The one change allowed is to erase personal details with their salt.
    IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND NEW.salt IS NULL
       AND (NEW.instance_id, NEW.seq, NEW.type, NEW.at, NEW.actor, NEW.hash)
           = (OLD.instance_id, OLD.seq, OLD.type, OLD.at, OLD.actor, OLD.hash)
       AND NEW.element_id IS NOT DISTINCT FROM OLD.element_id
       AND NEW.commitment IS NOT DISTINCT FROM OLD.commitment THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are append-only';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION events_are_append_only();
