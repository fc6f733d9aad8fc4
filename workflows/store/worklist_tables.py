"""Tables of the worklist: tasks for people, and the filters that people save.

What each index of `user_tasks` is for: docs/decisions/0011-worklist.md.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR, UUID

from workflows.model import TaskState
from workflows.store.columns import Moment, called_process_, id_, metadata, state_

IS_OPEN = "state IN ('created', 'claimed')"
# Work without a due moment comes last; said so, and not by NULLS LAST, a page that is
# further on begins at its place in the index.
DUE_AT = "coalesce(sort_at, '9999-01-01 00:00:00+00'::timestamptz)"
# What filters and rights ask of a task: an index that has it counts without the table.
ASKED = (
    "process_key",
    "element_id",
    "state",
    "assignee_id",
    "candidate_groups",
    "candidate_users",
    "barred_ids",
    "deadline_at",
    "sort_at",
)
ASKED_OF_A_STEP = [one for one in ASKED if one not in ("process_key", "element_id")]


user_tasks = sa.Table(
    "user_tasks",
    metadata,
    id_(),  # the engine's token
    sa.Column(
        "instance_id", UUID, sa.ForeignKey("process_instances.id"), nullable=False
    ),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    called_process_(),
    *state_(TaskState),
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id"), nullable=False),
    sa.Column("assignee_id", UUID, sa.ForeignKey("users.id")),
    sa.Column("candidate_groups", ARRAY(sa.Text), nullable=False),
    sa.Column("candidate_users", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("priority", sa.Integer, nullable=False, server_default="50"),
    sa.Column("due_at", Moment),
    sa.Column("follow_up_at", Moment),
    sa.Column("deadline_at", Moment),
    # coalesce(deadline_at, due_at): what the worklist is sorted by.
    sa.Column("sort_at", Moment),
    sa.Column("form_id", sa.Text),
    sa.Column("norms", ARRAY(sa.Text), nullable=False, server_default="{}"),
    # Elements: whoever completed one of them in this case may not do this task.
    sa.Column("not_by", ARRAY(sa.Text), nullable=False, server_default="{}"),
    # Who did, as `duties.remember` keeps it: what is open is asked for it often.
    sa.Column("barred_ids", ARRAY(UUID), nullable=False, server_default="{}"),
    sa.Column("delegated_by_id", UUID, sa.ForeignKey("users.id")),  # may bring it back
    # What an open task is found by (`search_terms`); null: it is over.
    sa.Column("search", TSVECTOR),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("completed_by", UUID, sa.ForeignKey("users.id")),
    sa.Column("completed_for", UUID, sa.ForeignKey("users.id")),  # stood in for
    sa.Index("user_tasks_instance_idx", "instance_id"),
    sa.Index(
        "user_tasks_open_office_idx",
        "office_id",
        sa.text(DUE_AT),
        "id",
        postgresql_where=sa.text(IS_OPEN),
        postgresql_include=[*ASKED],
    ),
    sa.Index(
        "user_tasks_open_due_idx",
        sa.text(DUE_AT),
        "id",
        postgresql_where=sa.text(IS_OPEN),
        postgresql_include=["office_id", *ASKED],
    ),
    sa.Index(
        "user_tasks_open_step_idx",
        "process_key",
        "element_id",
        sa.text(DUE_AT),
        "id",
        postgresql_where=sa.text(IS_OPEN),
        postgresql_include=["office_id", *ASKED_OF_A_STEP],
    ),
    sa.Index(
        "user_tasks_priority_idx",
        sa.text("priority DESC"),
        sa.text(DUE_AT),
        "id",
        postgresql_where=sa.text(IS_OPEN),
    ),
    sa.Index(
        "user_tasks_created_idx",
        "created_at",
        "id",
        postgresql_where=sa.text(IS_OPEN),
    ),
    # Words are few for each task and read at once: no list of what is still to add.
    sa.Index(
        "user_tasks_search_idx",
        "search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("search IS NOT NULL"),
    ),
    sa.Index(
        "user_tasks_assignee_idx",
        "assignee_id",
        "sort_at",
        postgresql_where=sa.text("state = 'claimed'"),
    ),
    sa.Index(
        "user_tasks_closed_idx",
        "office_id",
        "ended_at",
        "id",
        postgresql_where=sa.text("state IN ('completed', 'canceled')"),
        postgresql_include=["state"],
    ),
    sa.CheckConstraint(
        "(state = 'claimed') <= (assignee_id IS NOT NULL)", name="claimed_by"
    ),
)

saved_filters = sa.Table(
    "saved_filters",
    metadata,
    id_(),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", JSONB, nullable=False),  # what a WorklistQuery restricts
    # Everybody of this office and of those below it has the filter too.
    sa.Column("shared_with_id", UUID, sa.ForeignKey("offices.id")),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("saved_filters_user_idx", "user_id", "position"),
    sa.Index(
        "saved_filters_shared_idx",
        "shared_with_id",
        postgresql_where=sa.text("shared_with_id IS NOT NULL"),
    ),
)
