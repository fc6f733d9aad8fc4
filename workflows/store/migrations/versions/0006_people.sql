-- Users, identities, sessions, substitutions.
SELECT 1;
