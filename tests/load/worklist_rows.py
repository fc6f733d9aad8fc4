"""The rows of the worklist bench, as PostgreSQL makes them by the million."""

from typing import LiteralString

SAMPLES: LiteralString = """
SELECT task_id, holder IS NULL AND 'clerk' = ANY (groups) AND step <> 4, number, iin,
    concat_ws(' ', surname, given, father)
FROM bench_cases JOIN bench_steps USING (process, step)
    JOIN offices ON offices.id = office_id
WHERE offices.path @> ARRAY[%s::uuid] ORDER BY hashint8(n) LIMIT 1500
"""
# One row for each open task, with its case: everything that chance decides. A step is
# the rarer the later; a third of the work comes in on paper, as in life most overdue
# work is a few days old, and a tenth has no due moment at all.
CASES: LiteralString = """
CREATE UNLOGGED TABLE bench_cases AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS task_id,
    floor(power(random(), 1.5) * 5)::int AS process,
    floor(power(random(), 1.7) * 6)::int AS step,
    slots.office_id, slots.code,
    CASE WHEN random() < 0.3
        THEN slots.clerks[1 + floor(random() * cardinality(slots.clerks))::int]
    END AS holder,
    now() - random() * interval '30 days' AS created_at,
    CASE
        WHEN random() < 0.1 THEN NULL
        WHEN random() < 0.07 THEN now() - power(random(), 2) * interval '12 days'
        ELSE now() + random() * interval '21 days'
    END AS due_at,
    random() < 0.7 AS is_by_law,
    CASE WHEN random() < 0.05 THEN 80 ELSE 50 END AS priority,
    'A-2026-' || upper(lpad(to_hex(n * 2654435761 %% 4294967296), 8, '0')) AS number,
    lpad((n * 7919 %% 1000000000000)::text, 12, '1') AS iin,
    lpad((n * 104729 %% 1000000000000)::text, 12, '8') AS parent,
    (%(surnames)s::text[])[1 + floor(random() * cardinality(%(surnames)s::text[]))::int]
        AS surname,
    (%(given)s::text[])[1 + floor(random() * cardinality(%(given)s::text[]))::int]
        AS given,
    (%(fathers)s::text[])[1 + floor(random() * cardinality(%(fathers)s::text[]))::int]
        AS father,
    CASE WHEN random() < 0.55 THEN 'kk' ELSE 'ru' END AS language,
    CASE WHEN random() < 0.1 THEN 'paper' ELSE 'egov' END AS channel
FROM generate_series(1, %(number)s::bigint) AS n
JOIN LATERAL (
    SELECT * FROM bench_slots WHERE slot = abs(hashint8(n)) %% %(slots)s
) AS slots ON true
"""
# Cases that have ended, five tasks each, over two years.
OLD_CASES: LiteralString = """
INSERT INTO process_instances (id, process_key, definition_version_id, release_id,
    business_key, subject, office_id, state, saved, started_at, ended_at, event_seq,
    event_hash)
SELECT gen_random_uuid(), process_key, version_id, release_id,
    'B-2025-' || upper(lpad(to_hex(n * 2654435761 %% 4294967296), 8, '0')),
    concat_ws(' ', surname, given, father), office_id, 'completed', '{}',
    bench_cases.created_at - interval '40 days' - random() * interval '700 days',
    bench_cases.created_at - interval '32 days', 12, decode('00', 'hex')
FROM bench_cases JOIN bench_steps USING (process, step)
WHERE n <= %(number)s * 0.54
"""
OLD_TASKS: LiteralString = """
INSERT INTO user_tasks (id, instance_id, process_key, element_id, state, office_id,
    assignee_id, candidate_groups, due_at, deadline_at, sort_at, created_at, ended_at,
    completed_by)
SELECT gen_random_uuid(), old.id, old.process_key, steps.element_id, 'completed',
    old.office_id, clerks[1], groups, NULL, started_at + interval '5 days',
    started_at + interval '5 days', started_at + steps.step * interval '1 day',
    started_at + (steps.step + 1) * interval '1 day', clerks[1]
FROM process_instances AS old
JOIN bench_steps AS steps ON steps.process_key = old.process_key AND steps.step < 6
JOIN (SELECT DISTINCT ON (office_id) office_id, clerks FROM bench_slots) AS slots
    ON slots.office_id = old.office_id
WHERE old.state = 'completed'
"""
OPEN_CASES: LiteralString = """
INSERT INTO process_instances (id, process_key, definition_version_id, release_id,
    business_key, subject, office_id, state, saved, started_at, event_seq, event_hash)
SELECT id, process_key, version_id, release_id, number,
    concat_ws(' ', surname, given, father), office_id, 'active',
    replace(replace(replace(replace(replace(replace(replace(saved, token,
        task_id::text), 'A-2026-0BE4C4A5', number), '150101500011', iin),
        '850101400022', parent), 'Bench Child Name',
        concat_ws(' ', surname, given, father)), '990040001122', code),
        '"kk"', to_json(language)::text),
    created_at - step * interval '1 day', 5, decode('00', 'hex')
FROM bench_cases JOIN bench_steps USING (process, step)
"""
PAST_TASKS: LiteralString = """
INSERT INTO user_tasks (id, instance_id, process_key, element_id, state, office_id,
    assignee_id, candidate_groups, deadline_at, sort_at, created_at, ended_at,
    completed_by)
SELECT gen_random_uuid(), cases.id, process_key, element_id, 'completed', office_id,
    clerks[1], groups, created_at, created_at,
    created_at - (cases.step - past.step) * interval '1 day',
    created_at - (cases.step - past.step - 1) * interval '1 day', clerks[1]
FROM bench_cases AS cases
JOIN bench_steps AS past ON past.process = cases.process AND past.step < cases.step
JOIN (SELECT DISTINCT ON (office_id) office_id, clerks FROM bench_slots) AS slots
    USING (office_id)
"""
# The terms are those of workflows/search_terms.py; the bench compares some.
OPEN_TASKS: LiteralString = """
INSERT INTO user_tasks (id, instance_id, process_key, element_id, state, office_id,
    assignee_id, candidate_groups, not_by, barred_ids, priority, due_at, deadline_at,
    sort_at, created_at, search)
SELECT task_id, id, process_key, element_id,
    CASE WHEN holder IS NULL THEN 'created' ELSE 'claimed' END, office_id, holder,
    groups, not_by, CASE WHEN not_by <> '{}' THEN clerks[1:1] ELSE '{}' END, priority,
    CASE WHEN NOT is_by_law THEN due_at END,
    CASE WHEN is_by_law THEN due_at END, due_at, created_at,
    array_to_tsvector(ARRAY[
        lower(number) || '=application.number', '2026=application.number',
        lower(right(number, 8)) || '=application.number',
        language || '=application.language', channel || '=application.channel',
        iin || '=child.iin', lower(surname) || '=child.name',
        lower(given) || '=child.name', lower(father) || '=child.name',
        parent || '=applicant.iin', bench_cases.code || '=school.bin'
    ])
FROM bench_cases JOIN bench_steps USING (process, step)
JOIN (SELECT DISTINCT ON (office_id) office_id, clerks FROM bench_slots) AS slots
    USING (office_id)
"""
# What is over came first, as in life.
IN_ORDER = (OLD_CASES, OLD_TASKS, OPEN_CASES, PAST_TASKS, OPEN_TASKS)
