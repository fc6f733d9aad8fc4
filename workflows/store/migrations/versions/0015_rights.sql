-- Both run with the rights of their owner. Temporary tables are looked through last:
-- else a caller could lay one of the same name before ours, with a trigger of their own.
DO $do$ BEGIN
EXECUTE format($sql$

-- The partition of `events` for one month, unless it is there already. A month whose
-- events lie in the default partition already stays there.
CREATE OR REPLACE FUNCTION make_partition(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = %1$I, pg_temp
SET timezone = 'UTC'
AS $body$
DECLARE
    first date := date_trunc('month', month::timestamp);
    after date := first + interval '1 month';
    named text := 'events_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass(named) IS NULL AND NOT EXISTS (
        SELECT FROM events_rest WHERE at >= first AND at < after
    ) THEN
        EXECUTE format(
            'CREATE TABLE %%I PARTITION OF events FOR VALUES FROM (%%L) TO (%%L)',
            named, first, after
        );
    END IF;
END;
$body$;

-- The words of a comment that was taken back, and nothing else of the history.
CREATE OR REPLACE FUNCTION erase_comment(of_case uuid, number integer, added_at timestamptz)
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = %1$I, pg_temp
AS $body$
    UPDATE events SET detail = NULL, salt = NULL
    WHERE instance_id = of_case AND seq = number AND at = added_at
        AND type = 'comment.added';
$body$;

$sql$, current_schema());
END $do$;

REVOKE ALL ON FUNCTION make_partition(date) FROM PUBLIC;
REVOKE ALL ON FUNCTION erase_comment(uuid, integer, timestamptz) FROM PUBLIC;
