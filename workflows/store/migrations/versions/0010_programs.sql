-- Tokens: what they are for, how they are recognised, who made and revoked them.
ALTER TABLE api_tokens
    ADD COLUMN label TEXT DEFAULT '' NOT NULL,
    ADD COLUMN hint TEXT DEFAULT '' NOT NULL,
    ADD COLUMN created_by UUID,
    ADD COLUMN revoked_by UUID,
    ADD COLUMN last_used_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT api_tokens_created_by_fkey FOREIGN KEY(created_by) REFERENCES users (id) NOT VALID,
    ADD CONSTRAINT api_tokens_revoked_by_fkey FOREIGN KEY(revoked_by) REFERENCES users (id) NOT VALID;

ALTER TABLE api_tokens VALIDATE CONSTRAINT api_tokens_created_by_fkey;

ALTER TABLE api_tokens VALIDATE CONSTRAINT api_tokens_revoked_by_fkey;

-- No token works longer than a year and a day from now: those that were made without
-- an end, or with a later one, end then. Nobody's program stops today.
UPDATE api_tokens SET expires_at = now() + INTERVAL '366 days'
WHERE revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > now() + INTERVAL '366 days');

CREATE TABLE webhooks (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    owner_id UUID NOT NULL,
    url TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    events TEXT[] NOT NULL,
    process_key TEXT,
    office_ids UUID[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    failing_since TIMESTAMP WITH TIME ZONE,
    disabled_at TIMESTAMP WITH TIME ZONE,
    disabled_because TEXT,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT webhooks_pkey PRIMARY KEY (id),
    CONSTRAINT webhooks_disabled_because_check CHECK (disabled_because IN ('failing', 'gone', 'rights', 'deleted')),
    CONSTRAINT webhooks_disabled_check CHECK ((disabled_at IS NULL) = (disabled_because IS NULL)),
    CONSTRAINT webhooks_owner_id_fkey FOREIGN KEY(owner_id) REFERENCES users (id)
);

CREATE INDEX webhooks_owner_id_idx ON webhooks (owner_id);

CREATE TABLE webhook_deliveries (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    webhook_id UUID NOT NULL,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    instance_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    process_key TEXT NOT NULL,
    office_id UUID NOT NULL,
    element_id TEXT,
    task_id UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    last_status INTEGER,
    last_error TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    CONSTRAINT webhook_deliveries_webhook_id_fkey FOREIGN KEY(webhook_id) REFERENCES webhooks (id),
    CONSTRAINT webhook_deliveries_office_id_fkey FOREIGN KEY(office_id) REFERENCES offices (id)
);

CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (webhook_id, next_at) WHERE state = 'waiting';

CREATE INDEX webhook_deliveries_list_idx ON webhook_deliveries (webhook_id, at, id);
