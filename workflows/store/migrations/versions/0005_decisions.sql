-- Models and decisions become parts of releases.
ALTER TABLE definition_versions DROP CONSTRAINT definition_versions_kind_check;

ALTER TABLE definition_versions ADD CONSTRAINT definition_versions_kind_check
    CHECK (kind IN ('process', 'form', 'procedure', 'model', 'decision')) NOT VALID;

ALTER TABLE definition_versions VALIDATE CONSTRAINT definition_versions_kind_check;

CREATE TABLE release_decisions (
    release_id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    definition_version_id UUID NOT NULL,
    from_release_id UUID NOT NULL,
    CONSTRAINT release_decisions_pkey PRIMARY KEY (release_id, kind, key),
    CONSTRAINT release_decisions_kind_check CHECK (kind IN ('model', 'decision')),
    CONSTRAINT release_decisions_release_id_fkey FOREIGN KEY(release_id) REFERENCES releases (id),
    CONSTRAINT release_decisions_definition_version_id_fkey FOREIGN KEY(definition_version_id) REFERENCES definition_versions (id),
    CONSTRAINT release_decisions_from_release_id_fkey FOREIGN KEY(from_release_id) REFERENCES releases (id)
);
