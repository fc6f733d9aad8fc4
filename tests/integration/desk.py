"""The service around one case, as the tests of the admission speak of it."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tests.integration.conftest import SCHOOL, HeldClock, ToldConnectors
from workflows import deadline_list, history, instances, jobs, tasks, worklist
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import jobs as job_rows
from workflows.task_rows import TaskRow
from workflows.worklist import WorklistQuery
from workflows.world import World

ACCEPT = {"decision": {"accepted": True}}


def answers(**changed: dict[str, Any]) -> dict[str, Any]:
    usual: dict[str, dict[str, Any]] = {
        "nobd.preschool": {"completed": False, "bin": None},
        "persons.check": {
            "found": True,
            "problems": [],
            "name": "Үлгі Бала",
            "birth_date": "2020-05-14",
            "address": "Алматы қаласы",
            "served_area_school_bin": SCHOOL,
        },
        "civil.check": {"related": True, "relation": "mother", "act_number": "12"},
        "nobd.check": {
            "other_application": None,
            "free_places": 12,
            "class_language": "kk",
        },
        "health.check": {
            "passport_052_2": True,
            "immunisation_065": True,
            "checked_on": "2026-05-20",
        },
        "nobd.enrol": {"enrolment_id": "E-1", "enrolled_at": "2026-06-01T10:00:00Z"},
        "nobd.free": {"freed": True},
        "notify": {"message_id": "M-1"},
    }
    usual.update({name.replace("__", "."): value for name, value in changed.items()})
    return {name: (lambda call, v=value: v) for name, value in usual.items()}


class Desk:
    """The service around one case, as a test speaks of it."""

    def __init__(
        self,
        store: Store,
        world: World,
        clock: HeldClock,
        callers: Mapping[str, Caller],
    ) -> None:
        self.store, self.world, self.clock = store, world, clock
        self.callers = callers
        self.outside = ToldConnectors(answers())

    def apply(self, *, stays: bool = False) -> uuid.UUID:
        number = f"A-{uuid.uuid4().hex[:8]}"
        variables = {
            "application": {
                "number": number,
                "filed_at": self.clock.now().isoformat(),
                "channel": "egov",
                "language": "kk",
                "stays": stays,
            },
            "applicant": {
                "iin": "900203400137",
                "name": "Үлгі Ата-Ана",
                "phone": "+77010000001",
                "locale": "kk",
            },
            "child": {
                "iin": "210514500128",
                "name": "Үлгі Бала",
                "birth_date": "2020-05-14",
            },
            "school": {"bin": SCHOOL, "name": "№ 1 мектеп"},
        }
        with self.store.transaction() as tx:
            return instances.start(
                tx,
                self.world,
                self.callers["portal"],
                process_key="first_grade_admission",
                variables=variables,
                business_key=number,
                office=SCHOOL,
            ).id

    def work(self, case: uuid.UUID) -> None:
        """Do every job of a case, and those that follow, as the workers would."""
        while waiting := self.waiting(case):
            for job_id in waiting:
                jobs.perform(self.store, self.world, self.outside, job_id)

    def waiting(self, case: uuid.UUID) -> list[uuid.UUID]:
        with self.store.transaction() as tx:
            return list(
                tx.scalars(
                    sa.select(job_rows.c.id)
                    .where(
                        job_rows.c.instance_id == case,
                        job_rows.c.state == "todo",
                        job_rows.c.next_at.is_(None),
                    )
                    .order_by(job_rows.c.type)
                )
            )

    def case(self, case: uuid.UUID) -> instances.InstanceRow:
        with self.store.transaction() as tx:
            return instances.get(tx, self.callers["admin"], case)

    def task(self, case: uuid.UUID, login: str = "clerk") -> TaskRow:
        with self.store.transaction() as tx:
            query = WorklistQuery(instance_id=case)
            page = worklist.page(tx, self.world, self.callers[login], query)
        (task,) = page.items
        return task

    def complete(
        self, task: uuid.UUID, login: str = "clerk", given: Any = ACCEPT
    ) -> None:
        with self.store.transaction() as tx:
            tasks.complete(tx, self.world, self.callers[login], task, given)

    def events(self, case: uuid.UUID) -> list[history.EventRow]:
        with self.store.transaction() as tx:
            return history.events(tx, self.callers["admin"], case).items

    def passed(self, case: uuid.UUID) -> list[str | None]:
        return [
            e.element_id for e in self.events(case) if e.type == "element.completed"
        ]

    def deadline(self, case: uuid.UUID, element: str) -> deadline_list.DeadlineRow:
        with self.store.transaction() as tx:
            found = deadline_list.of_case(tx, case)
        return next(row for row in found if row.element_id == element)
