"""What is kept for some days only: logs, keys of requests, drafts of ended tasks,
due work that was done.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from workflows.store.session import Store

# Rows in one transaction: none of them lasts, or holds up who writes meanwhile.
LOT = 5_000
DELIVERY_DAYS = 30  # after its end: so long a webhook's deliveries can be asked for
DRAFT_DAYS = 14  # after the end of its task: who was overtaken may still want it
SESSION_DAYS = 7  # after its end, for who asks afterwards
FIRED_DAYS = 7  # after its moment: so long due work that was done can be looked up
# By their place in the file, for nothing else would find each of them again at once.
OLD = """
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE {moment} < :until
        LIMIT :lot FOR UPDATE SKIP LOCKED))
"""
QUEUE_LOG = sa.text(OLD.format(table="pgqueuer_log", moment="created"))
SENT_ANSWERS = sa.text(OLD.format(table="sent_answers", moment="sent_at"))
# Of an open task a draft is kept as long as it takes.
DRAFTS = sa.text(
    """
    DELETE FROM drafts WHERE ctid = ANY (ARRAY(
        SELECT drafts.ctid FROM drafts JOIN user_tasks ON user_tasks.id = task_id
        WHERE ended_at < :until LIMIT :lot FOR UPDATE OF drafts SKIP LOCKED))
    """
)
# What was fired, some days: who asks what the clock did finds it. What was canceled is
# deleted at once by whoever cancels, but for starts. The last start of each timer is
# kept: a later version must not start its case again.
DUE_WORK = sa.text(
    """
    DELETE FROM due_work WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM due_work WHERE state <> 'waiting' AND due_at < :until
            AND id NOT IN (
                SELECT DISTINCT ON (subject_id) id FROM due_work
                WHERE queue = 'start' AND state = 'fired'
                ORDER BY subject_id, due_at DESC)
        LIMIT :lot FOR UPDATE SKIP LOCKED))
    """
)
SESSIONS = sa.text(OLD.format(table="sessions", moment="expires_at"))
DELIVERIES = sa.text(OLD.format(table="webhook_deliveries", moment="ended_at"))
IDEMPOTENCY_KEYS = sa.text(OLD.format(table="idempotency_keys", moment="created_at"))


def prune(
    store: Store, now: datetime, *, queue_log_days: int, idempotency_days: int
) -> bool:
    """Delete a lot of what is older; whether there may be more.

    Several may do it at the same time. PgQueuer dates its log by the machine's clock:
    so is it pruned, whatever ours says.
    """
    machine = datetime.now(UTC)
    return max(
        _delete(store, QUEUE_LOG, machine - timedelta(days=queue_log_days)),
        _delete(store, IDEMPOTENCY_KEYS, now - timedelta(days=idempotency_days)),
        _delete(store, SENT_ANSWERS, now - timedelta(days=idempotency_days)),
        _delete(store, DELIVERIES, now - timedelta(days=DELIVERY_DAYS)),
        _delete(store, DUE_WORK, now - timedelta(days=FIRED_DAYS)),
        _delete(store, SESSIONS, now - timedelta(days=SESSION_DAYS)),
        _delete(store, DRAFTS, now - timedelta(days=DRAFT_DAYS)),
    )


def _delete(store: Store, statement: sa.TextClause, until: datetime) -> bool:
    with store.transaction() as tx:
        return tx.execute(statement, {"until": until, "lot": LOT}).rowcount == LOT
