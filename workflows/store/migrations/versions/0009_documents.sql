-- Documents.
SELECT 1;
