"""The service around small drawings of a test: released, started, worked on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from tests.integration.conftest import SCHOOL, ToldConnectors
from workflows import (
    deployments,
    due,
    history,
    incidents,
    instances,
    jobs,
    tasks,
    worklist,
)
from workflows.deployments import Release
from workflows.people import Caller
from workflows.released import Library
from workflows.store.session import Store
from workflows.store.tables import jobs as job_rows
from workflows.task_rows import TaskRow
from workflows.worklist import WorklistQuery
from workflows.world import World


@dataclass
class House:
    """What tests of processes ask of the service, as one clerk and one program."""

    store: Store
    world: World
    callers: Mapping[str, Caller]

    def release(self, **files: bytes) -> Release:
        """`a__bpmn` is the file a.bpmn, `f__form__json` f.form.json."""
        named = {name.replace("__", "."): content for name, content in files.items()}
        with self.store.transaction() as tx:
            return deployments.release(tx, self.world, None, named)

    def start(
        self, key: str, version: int | None = None, **variables: Any
    ) -> uuid.UUID:
        with self.store.transaction() as tx:
            return instances.start(
                tx,
                self.world,
                self.callers["portal"],
                process_key=key,
                variables=variables,
                office=SCHOOL,
                version=version,
            ).id

    def case(self, case: uuid.UUID) -> instances.InstanceRow:
        with self.store.transaction() as tx:
            return instances.get(tx, self.callers["admin"], case)

    def tasks(self, case: uuid.UUID) -> list[TaskRow]:
        query = WorklistQuery(instance_id=case, sort="created_at")
        with self.store.transaction() as tx:
            caller = self.callers["clerk"]
            return worklist.page(tx, self.world, caller, query).items

    def open(self, case: uuid.UUID) -> list[tuple[str | None, str]]:
        """(called process, element) of the open tasks."""
        return sorted(
            ((one.called_process, one.element_id) for one in self.tasks(case)), key=str
        )

    def complete(self, case: uuid.UUID, element: str, **answers: Any) -> None:
        found = next(one for one in self.tasks(case) if one.element_id == element)
        with self.store.transaction() as tx:
            tasks.complete(tx, self.world, self.callers["clerk"], found.id, answers)

    def work(self, case: uuid.UUID, outside: ToldConnectors) -> None:
        """Do the jobs that a case has open now."""
        with self.store.transaction() as tx:
            waiting = tx.scalars(
                sa.select(job_rows.c.id).where(
                    job_rows.c.instance_id == case, job_rows.c.state == "todo"
                )
            ).all()
        for job_id in waiting:
            jobs.perform(self.store, self.world, outside, job_id)

    def sweep(self) -> None:
        due.run(self.store, self.world)

    def incidents(self, case: uuid.UUID) -> list[incidents.IncidentRow]:
        with self.store.transaction() as tx:
            caller = self.callers["admin"]
            return incidents.search(tx, caller, instance_id=case, state="open").items

    def retry(self, case: uuid.UUID, **variables: Any) -> None:
        (found,) = self.incidents(case)
        with self.store.transaction() as tx:
            caller = self.callers["admin"]
            incidents.retry(tx, self.world, caller, found.id, variables)

    def events(self, case: uuid.UUID) -> list[history.EventRow]:
        with self.store.transaction() as tx:
            return history.events(tx, self.callers["admin"], case).items

    def told(self, case: uuid.UUID, type_: str) -> list[tuple[str | None, str | None]]:
        """(called process, element) of the events of one type."""
        events = self.events(case)
        return [(e.called_process, e.element_id) for e in events if e.type == type_]

    def begun_anew(self) -> "House":
        """The service as it is after a restart: nothing is remembered."""
        return replace(self, world=replace(self.world, library=Library()))
