-- Models and decisions become parts of releases.
ALTER TABLE definition_versions DROP CONSTRAINT definition_versions_kind_check;

ALTER TABLE definition_versions ADD CONSTRAINT definition_versions_kind_check
    CHECK (kind IN ('process', 'form', 'procedure', 'model', 'decision')) NOT VALID;

ALTER TABLE definition_versions VALIDATE CONSTRAINT definition_versions_kind_check;
