-- Documents of cases, and the contents that they share.
CREATE TABLE document_contents (
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    scan TEXT NOT NULL,
    threat TEXT,
    scanned_at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    dropped_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT document_contents_pkey PRIMARY KEY (sha256),
    CONSTRAINT document_contents_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT document_contents_scan_check CHECK (scan IN ('unscanned', 'clean', 'infected'))
);

CREATE INDEX document_contents_received_idx ON document_contents (received_at) WHERE dropped_at IS NULL;

CREATE TABLE documents (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    instance_id UUID NOT NULL,
    task_id UUID,
    kind TEXT NOT NULL,
    field TEXT,
    uploaded_by UUID NOT NULL,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT documents_pkey PRIMARY KEY (id),
    CONSTRAINT documents_kind_check CHECK (kind IN ('answer', 'attachment')),
    CONSTRAINT documents_field_check CHECK ((kind = 'answer') = (field IS NOT NULL AND task_id IS NOT NULL)),
    CONSTRAINT documents_sha256_fkey FOREIGN KEY(sha256) REFERENCES document_contents (sha256),
    CONSTRAINT documents_instance_id_fkey FOREIGN KEY(instance_id) REFERENCES process_instances (id),
    CONSTRAINT documents_task_id_fkey FOREIGN KEY(task_id) REFERENCES user_tasks (id),
    CONSTRAINT documents_uploaded_by_fkey FOREIGN KEY(uploaded_by) REFERENCES users (id)
);

CREATE INDEX documents_instance_idx ON documents (instance_id, uploaded_at);

CREATE INDEX documents_sha256_idx ON documents (sha256);

CREATE INDEX documents_task_idx ON documents (task_id) WHERE task_id IS NOT NULL;

