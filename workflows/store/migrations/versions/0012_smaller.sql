-- PgQueuer writes a line when a job comes onto the queue, is picked and is done. It
-- reads none of them to work; what became of a job our own tables say. Failures stay.
CREATE OR REPLACE FUNCTION pgqueuer_log_no_routine() RETURNS trigger AS $$
BEGIN
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE TRIGGER pgqueuer_log_no_routine BEFORE INSERT ON pgqueuer_log
FOR EACH ROW WHEN (NEW.status IN ('queued', 'picked', 'successful'))
EXECUTE FUNCTION pgqueuer_log_no_routine();

-- An entry of the queue lives for a moment; as PgQueuer itself advises.
ALTER TABLE pgqueuer SET (
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.02,
    autovacuum_analyze_threshold = 500,
    autovacuum_vacuum_cost_delay = 0
);

-- Each case is written once a step. A fifth of millions of rows, the default, would be
-- a gigabyte of dead ones before the first sweep.
ALTER TABLE process_instances SET (autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000);
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000);
ALTER TABLE user_tasks SET (autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000);
ALTER TABLE due_work SET (autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000);
ALTER TABLE message_subscriptions SET (autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000);

-- What is saved of a case is packed when it ends. Cases that have ended keep their text.
ALTER TABLE process_instances
    ALTER COLUMN saved DROP NOT NULL,
    ADD COLUMN IF NOT EXISTS packed BYTEA;
ALTER TABLE process_instances
    DROP CONSTRAINT IF EXISTS process_instances_saved_check,
    ADD CONSTRAINT process_instances_saved_check
        CHECK ((saved IS NULL) <> (packed IS NULL)) NOT VALID;
ALTER TABLE process_instances VALIDATE CONSTRAINT process_instances_saved_check;
