"""Cases of a procedure with search variables, and the lists in which they are."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.integration.conftest import SCHOOL, HeldClock
from tests.integration.house import House
from tests.load.worklist_drawings import KEYS
from workflows import instances, worklist
from workflows.store.tables import user_tasks
from workflows.task_rows import TaskRow
from workflows.worklist import Count, WorklistQuery

KEY, OTHER_KEY = KEYS[0], KEYS[1]
ASKED_LATER = timedelta(hours=1)


@dataclass
class Lists(House):
    """Cases of the bench's procedures, and the lists in which they are."""

    clock: HeldClock

    def begin(
        self,
        name: str = "Айша Қасымова",
        *,
        key: str = KEY,
        office: str = SCHOOL,
        due: timedelta | None = None,
        **changed: Any,
    ) -> uuid.UUID:
        """A case at its first step; the id of its task."""
        number = f"A-2026-{uuid.uuid4().hex[:8].upper()}"
        variables = {
            "application": {"number": number, "language": "kk", "channel": "egov"},
            "child": {"iin": "150101500011", "name": name},
            "applicant": {"iin": "850101400022"},
            "school": {"bin": office},
        }
        with self.store.transaction() as tx:
            case = self._start(tx, key, number, office, variables)
            [task_id] = tx.scalars(
                sa.select(user_tasks.c.id).where(user_tasks.c.instance_id == case)
            )
            at = None if due is None else self.clock.now() + due
            values = {"sort_at": at, "deadline_at": at, **changed}
            tx.execute(
                sa.update(user_tasks).where(user_tasks.c.id == task_id).values(**values)
            )
        return uuid.UUID(str(task_id))

    def _start(
        self,
        tx: sa.Connection,
        key: str,
        number: str,
        office: str,
        variables: Mapping[str, Any],
    ) -> uuid.UUID:
        return instances.start(
            tx,
            self.world,
            self.callers["portal"],
            process_key=key,
            variables=variables,
            business_key=number,
            office=office,
        ).id

    def found(self, login: str = "clerk", **asked: Any) -> list[uuid.UUID]:
        return [one.id for one in self.rows(login, **asked)]

    def rows(self, login: str = "clerk", **asked: Any) -> list[TaskRow]:
        with self.store.transaction() as tx:
            query = WorklistQuery(**asked)
            return worklist.page(tx, self.world, self.callers[login], query).items

    def counts(self, login: str, *queries: WorklistQuery) -> list[Count]:
        with self.store.transaction() as tx:
            return worklist.counts(tx, self.world, self.callers[login], queries)

    def next(self, login: str = "clerk", **asked: Any) -> uuid.UUID | None:
        with self.store.transaction() as tx:
            query = WorklistQuery(**asked)
            row = worklist.next_task(tx, self.world, self.callers[login], query)
            return row and row.id

    def act(self, what: Any, task_id: uuid.UUID, login: str, *more: Any) -> None:
        with self.store.transaction() as tx:
            what(tx, self.world, self.callers[login], task_id, *more)
