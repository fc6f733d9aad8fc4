"""Versions side by side: a case stays with what was released when it began."""

import uuid
from collections.abc import Mapping

import pytest

from tests.drawn import ask, call, form, line
from tests.integration.house import House
from workflows.deployments import Release
from workflows.model import AnswersRefused, NotFound
from workflows.people import Caller
from workflows.store.session import Store
from workflows.world import World


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def name() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


def versions(release: Release) -> dict[str, int]:
    return {part.key: part.version for part in release.definitions}


def family(name: str, mark: str) -> dict[str, bytes]:
    """A caller, what it calls, and a form of each, all of them bearing a mark."""
    q = f"{name}q"
    return {
        "a__bpmn": line(name, call("c", q), ask(f"own_{mark}", f"{name}.f")),
        "q__bpmn": line(q, ask(f"their_{mark}", f"{q}.f")),
        "f__form__json": form(f"{name}.f", mark),
        "g__form__json": form(f"{q}.f", mark),
    }


def test_the_same_files_are_the_same_release(house: House, name: str) -> None:
    first = house.release(**family(name, "one"))

    again = house.begun_anew().release(**family(name, "one"))

    assert again.id == first.id
    assert set(versions(first).values()) == {1}


def test_only_what_changed_gets_a_version(house: House, name: str) -> None:
    first, second = family(name, "one"), family(name, "two")
    house.release(**first)

    mixed = house.release(**(first | {"q__bpmn": second["q__bpmn"]}))
    back = house.release(**first)

    assert versions(mixed) == {
        name: 1,
        f"{name}q": 2,
        f"{name}.f": 1,
        f"{name}q.f": 1,
    }
    assert versions(back)[f"{name}q"] == 3


def test_releasing_a_caller_again_binds_the_newest_of_what_it_calls(
    house: House, name: str
) -> None:
    q = f"{name}q"
    caller = line(name, call("c", q))
    house.release(q__bpmn=line(q, ask("one")))
    first = house.release(a__bpmn=caller)
    house.release(q__bpmn=line(q, ask("two")))
    assert house.open(house.start(name)) == [(q, "one")]

    second = house.release(a__bpmn=caller)

    assert versions(first) == versions(second) == {name: 1}
    assert first.id != second.id
    assert house.release(a__bpmn=caller).id == second.id
    assert house.open(house.start(name)) == [(q, "two")]


@pytest.mark.parametrize("changed", ["a__bpmn", "q__bpmn", "f__form__json", "all"])
def test_a_running_case_stays_on_its_release(
    house: House, name: str, changed: str
) -> None:
    q = f"{name}q"
    house.release(**family(name, "one"))
    case = house.start(name)
    new = family(name, "two")
    if changed == "f__form__json":
        new = {key: new[key] for key in ("f__form__json", "g__form__json")}
    elif changed == "a__bpmn":
        new = {changed: new[changed]}
    elif changed == "q__bpmn":
        new = {changed: new[changed]}

    house.release(**new)

    house = house.begun_anew()
    assert house.open(case) == [(q, "their_one")]
    with pytest.raises(AnswersRefused):
        house.complete(case, "their_one", two="x")
    house.complete(case, "their_one", one="x")
    assert house.begun_anew().open(case) == [(None, "own_one")]
    with pytest.raises(AnswersRefused):
        house.complete(case, "own_one", two="x")
    house.complete(case, "own_one", one="x")
    assert house.case(case).state == "completed"


def test_a_new_version_of_what_is_called_waits_for_its_caller(
    house: House, name: str
) -> None:
    q = f"{name}q"
    house.release(**family(name, "one"))

    house.release(q__bpmn=line(q, ask("later")))

    assert house.open(house.start(name)) == [(q, "their_one")]
    assert house.open(house.start(q)) == [(None, "later")]


def test_cases_of_two_versions_run_side_by_side(house: House, name: str) -> None:
    q = f"{name}q"
    house.release(**family(name, "one"))
    old = house.start(name)
    house.release(**family(name, "two"))
    new = house.start(name)
    old_again = house.start(name, version=1)

    assert [house.case(each).version for each in (old, new, old_again)] == [1, 2, 1]
    for case, mark in ((old, "one"), (new, "two"), (old_again, "one")):
        house = house.begun_anew()
        assert house.open(case) == [(q, f"their_{mark}")]
        house.complete(case, f"their_{mark}", **{mark: "x"})
    for case, mark in ((new, "two"), (old_again, "one"), (old, "one")):
        assert house.open(case) == [(None, f"own_{mark}")]
        house.complete(case, f"own_{mark}", **{mark: "x"})
        assert house.case(case).state == "completed"


def test_a_version_that_never_was_starts_nothing(house: House, name: str) -> None:
    house.release(**family(name, "one"))

    with pytest.raises(NotFound):
        house.start(name, version=2)
