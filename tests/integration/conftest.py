"""A world around a fresh database: offices, people, released procedures, a clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from server import bootstrap, findings
from workflows import deployments, people
from workflows.model import Role
from workflows.people import Caller
from workflows.ports import Call
from workflows.store.session import Store
from workflows.world import World

if TYPE_CHECKING:
    from tests.integration.desk import Desk

ROOT = Path(__file__).parent.parent.parent
MONDAY = datetime.fromisoformat("2026-06-01T10:00:00+05:00")
SCHOOL, OTHER_SCHOOL = "030440000128", "050540000155"


@dataclass
class HeldClock:
    """Stands still until a test moves it."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class ToldConnectors:
    """Answers jobs as a test tells it; remembers every call."""

    answers: dict[str, Callable[[Call], dict[str, Any]]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def types(self) -> frozenset[str]:
        return frozenset(self.answers)

    def call(self, call: Call) -> dict[str, Any]:
        self.calls.append(call)
        return self.answers[call.type](call)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def world(clock: HeldClock) -> World:
    return World(clock=clock, queue_of=bootstrap.queue_of)


@pytest.fixture(scope="module")
def callers(store: Store) -> Mapping[str, Caller]:
    """People of two schools of one region, and an administrator of all."""
    clock = HeldClock()
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names=_names("Ministry"))
        people.add_office(
            tx, code="region", kind="region", names=_names("Region"), parent="root"
        )
        for school in (SCHOOL, OTHER_SCHOOL):
            people.add_office(
                tx, code=school, kind="school", names=_names(school), parent="region"
            )
        for login, role, office in (
            ("clerk", Role.CLERK, SCHOOL),
            ("clerk2", Role.CLERK, SCHOOL),
            ("stranger", Role.CLERK, OTHER_SCHOOL),
            ("supervisor", Role.SUPERVISOR, "region"),
            ("portal", Role.SERVICE, "root"),
            ("admin", Role.ADMINISTRATOR, "root"),
        ):
            people.add_user(tx, clock, login=login)
            people.add_membership(tx, login=login, role=role, office=office)
        return {
            login: people.known(tx, login)
            for login in (
                "clerk",
                "clerk2",
                "stranger",
                "supervisor",
                "portal",
                "admin",
            )
        }


@pytest.fixture(scope="module")
def admission(store: Store) -> deployments.Release:
    """The first-grade admission, released."""
    name = "first_grade_admission"
    files = findings.collect([ROOT / "bpmn" / name, ROOT / "forms" / name])
    world = World(clock=HeldClock(), queue_of=bootstrap.queue_of)
    with store.transaction() as tx:
        return deployments.release(tx, world, None, files)


@pytest.fixture
def desk(
    store: Store,
    world: World,
    clock: HeldClock,
    callers: Mapping[str, Caller],
    admission: deployments.Release,
) -> "Desk":
    """A desk on a real database with the first-grade admission released."""
    from tests.integration.desk import Desk  # which takes the clock above

    return Desk(store, world, clock, callers)


def _names(name: str) -> dict[str, str]:
    return dict.fromkeys(("kk", "ru", "en"), name)


@pytest.fixture(scope="module")
def two_regions(store: Store) -> None:
    """root > east (school, other), west."""
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={})
        for code, kind, parent in (
            ("east", "region", "root"),
            ("west", "region", "root"),
            ("school", "school", "east"),
            ("other", "school", "east"),
        ):
            people.add_office(tx, code=code, kind=kind, names={}, parent=parent)
