-- Drafts and comments.
SELECT 1;
