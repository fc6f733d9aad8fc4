ALTER TABLE user_tasks
    ADD COLUMN IF NOT EXISTS barred_ids uuid[] NOT NULL DEFAULT '{}';

UPDATE user_tasks AS task SET barred_ids = found.ids
FROM (
    SELECT open.id, array_agg(DISTINCT person ORDER BY person) AS ids
    FROM user_tasks AS open
    JOIN user_tasks AS done ON done.instance_id = open.instance_id
        AND done.element_id = ANY (open.not_by)
        AND done.called_process IS NOT DISTINCT FROM open.called_process
        AND done.state = 'completed'
    CROSS JOIN unnest(ARRAY[done.completed_by, done.completed_for]) AS person
    WHERE open.state IN ('created', 'claimed') AND cardinality(open.not_by) > 0
        AND person IS NOT NULL
    GROUP BY open.id
) AS found
WHERE found.id = task.id;
