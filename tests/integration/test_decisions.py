"""Decisions of releases: which version each asker gets, and what a case keeps of it."""

import uuid
from collections.abc import Mapping

import pytest

from tests.drawn import ask, call, line, step
from tests.integration.house import House
from tests.models import ADMISSION, given, importing, literal, model
from workflows import deployments, feel, history
from workflows.model import DeploymentRefused
from workflows.people import Caller
from workflows.store.session import Store
from workflows.world import World


def rule(id_: str, decision: str, inside: str = "") -> str:
    called = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="r"/>'
    return step("businessRuleTask", id_, called + inside, name=f"Шешу {id_}")


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def name() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"d{uuid.uuid4().hex[:8]}"


def admission(name: str) -> bytes:
    return model(ADMISSION.replace('id="way"', f'id="{name}"'), f"urn:{name}")


def one(name: str, text: str, *requires: str) -> bytes:
    """A model with one decision of one expression; both have the test's name."""
    return model(literal(name, text, *requires), f"urn:{name}")


def refused(house: House, **files: bytes) -> list[tuple[str, str | None, str]]:
    with pytest.raises(DeploymentRefused) as caught:
        house.release(**files)
    found = [one for one in caught.value.findings if one.severity == "error"]
    assert all(len(one.message) > 20 for one in found)
    return [(one.file, one.element_id, one.rule) for one in found]


def parts(release: deployments.Release) -> list[tuple[str, str, int]]:
    return [(one.kind, one.key, one.version) for one in release.definitions]


def result(house: House, key: str) -> object:
    """The result of a case of one business rule task."""
    return house.case(house.start(key)).variables["r"]


def evaluated(house: House, key: str, **variables: object) -> object:
    with house.store.transaction() as tx:
        ready = house.world.library.models.newest(tx, key)
    return ready.evaluate(variables, feel.Environment(house.world.clock)).value


# --- releases -------------------------------------------------------------------------


def test_a_release_names_each_decision_of_a_file(house: House, name: str) -> None:
    body = literal(name, "1") + literal(f"{name}b", "2") + given("x")
    first = house.release(d__dmn=model(body, f"urn:{name}"))

    assert parts(first) == [("decision", name, 1), ("decision", f"{name}b", 1)]


def test_the_same_file_again_is_the_same_release(house: House, name: str) -> None:
    first = house.release(d__dmn=one(name, "1"))

    assert house.release(d__dmn=one(name, "1")).id == first.id
    assert parts(house.release(d__dmn=one(name, "2"))) == [("decision", name, 2)]
    assert parts(house.release(d__dmn=one(name, "1"))) == [("decision", name, 3)]


def test_its_names_are_in_three_languages(house: House, name: str) -> None:
    house.release(d__dmn=admission(name))

    with house.store.transaction() as tx:
        found = deployments.definition(tx, name, kind="decision")
    assert found.names == {
        "kk": "Қабылдау тәсілі",
        "ru": "Способ приёма",
        "en": "Way of admission",
    }
    assert found.source == admission(name)


def test_two_models_of_one_namespace_are_refused(house: House, name: str) -> None:
    two = {
        "a__dmn": model(literal(f"{name}a", "1"), f"urn:{name}"),
        "b__dmn": model(literal(f"{name}b", "1"), f"urn:{name}"),
    }

    assert refused(house, **two) == [("b.dmn", None, "key-twice")]


def test_of_two_decisions_of_one_id_the_first_answers(house: House, name: str) -> None:
    other = model(literal(name, "2"), f"urn:{name}:other")
    two = {"a__dmn": one(name, "1"), "b__dmn": other}
    release = house.release(**two)

    assert parts(release) == [("decision", name, 1)]
    assert [(found.file, found.rule) for found in release.findings] == [
        ("b.dmn", "decision-twice")
    ]
    assert evaluated(house, name) == 1
    asked = refused(house, p__bpmn=line(name, rule("t", name)), **two)
    assert asked == [("p.bpmn", "t", "decision-twice")]


def test_an_id_that_goes_to_another_model_is_told(house: House, name: str) -> None:
    house.release(a__dmn=one(name, "1"))

    release = house.release(a__dmn=model(literal(name, "2"), f"urn:{name}:other"))

    assert [found.rule for found in release.findings] == ["decision-moved"]
    assert evaluated(house, name) == 2


@pytest.mark.parametrize(
    ("source", "rule_"),
    [
        (b"<a/>", "dmn-version"),
        (b"no xml", "xml-malformed"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "xml-doctype"),
    ],
)
def test_what_is_no_model_is_refused(house: House, source: bytes, rule_: str) -> None:
    assert refused(house, d__dmn=source) == [("d.dmn", None, rule_)]


# --- imports --------------------------------------------------------------------------


def importer(name: str, text: str = "lib.base * 2") -> bytes:
    body = importing("lib", f"urn:{name}:lib")
    body += literal(name, text, f"Decision=urn:{name}:lib#{name}base")
    return model(body, f"urn:{name}")


def library(name: str, text: str) -> bytes:
    made = literal(f"{name}base", text).replace(f'name="{name}base"', 'name="base"')
    return model(made, f"urn:{name}:lib", "Lib")


def test_an_import_is_the_model_of_the_same_release(house: House, name: str) -> None:
    house.release(a__dmn=importer(name), b__dmn=library(name, "4"))

    assert evaluated(house, name) == 8


def test_an_import_of_a_stored_model_is_bound_for_good(house: House, name: str) -> None:
    house.release(b__dmn=library(name, "4"))
    first = house.release(a__dmn=importer(name))
    assert house.release(a__dmn=importer(name)).id == first.id

    house.release(b__dmn=library(name, "5"))
    assert evaluated(house, name) == 8
    again = house.release(a__dmn=importer(name))

    assert again.id != first.id
    assert parts(again) == [("decision", name, 1)]
    assert evaluated(house.begun_anew(), name) == 10


def test_a_model_that_nobody_has_cannot_be_imported(house: House, name: str) -> None:
    found = refused(house, a__dmn=importer(name))

    assert ("a.dmn", None, "import-unknown") in found


def test_a_circle_of_imports_is_refused(house: House, name: str) -> None:
    def body(own: str, other: str) -> bytes:
        imports = importing("other", f"urn:{name}:{other}")
        return model(imports + literal(f"{name}{own}", "1"), f"urn:{name}:{own}")

    found = refused(house, a__dmn=body("a", "b"), b__dmn=body("b", "a"))

    assert {rule_ for _, _, rule_ in found} == {"import-circle"}


# --- processes ------------------------------------------------------------------------


def test_a_case_asks_the_decision_released_with_its_process(
    house: House, name: str
) -> None:
    house.release(p__bpmn=line(name, rule("t", name)), d__dmn=one(name, "1"))
    first = house.start(name)
    house.release(d__dmn=one(name, "2"))

    assert house.case(first).variables["r"] == 1
    assert result(house, name) == 1
    house.release(p__bpmn=line(name, rule("t", name)), d__dmn=one(name, "3"))
    assert result(house, name) == 3


def test_a_decision_that_is_stored_is_bound_for_good(house: House, name: str) -> None:
    house.release(d__dmn=one(name, "1"))
    first = house.release(p__bpmn=line(name, rule("t", name)))
    house.release(d__dmn=one(name, "2"))
    assert result(house, name) == 1
    assert result(house.begun_anew(), name) == 1

    again = house.release(p__bpmn=line(name, rule("t", name)))

    assert again.id != first.id
    assert result(house, name) == 2


def test_a_called_process_asks_the_decisions_it_was_released_with(
    house: House, name: str
) -> None:
    inner = line(f"{name}q", rule("t", name))
    house.release(q__bpmn=inner, d__dmn=one(name, "1"))
    house.release(d__dmn=one(name, "2"))
    house.release(p__bpmn=line(name, call("c", f"{name}q")))

    assert result(house, name) == 1


def test_a_decision_that_nobody_has_is_refused_at_its_task(
    house: House, name: str
) -> None:
    found = refused(house, p__bpmn=line(name, rule("t", name)))

    assert found == [("p.bpmn", "t", "decision-unknown")]


def test_a_decision_that_cannot_run_is_a_warning_until_a_process_asks_it(
    house: House, name: str
) -> None:
    broken = one(name, "no such function(1)")
    (warned,) = house.release(d__dmn=broken).findings
    assert (warned.element_id, warned.rule) == (name, "decision-not-run")

    found = refused(house, p__bpmn=line(name, rule("t", name)))

    assert found == [("p.bpmn", "t", "decision-not-run")]


def test_a_decision_that_imports_what_cannot_run_cannot_run(
    house: House, name: str
) -> None:
    house.release(b__dmn=library(name, "no such function(1)"))
    found = refused(house, a__dmn=importer(name), p__bpmn=line(name, rule("t", name)))

    assert found == [("p.bpmn", "t", "decision-not-run")]


def test_an_input_mapping_gives_what_the_table_is_declared_to_take(
    house: House, name: str
) -> None:
    body = given("filed", "date") + literal(name, "filed.month", "Input=in_filed")
    mapped = (
        '<zeebe:ioMapping><zeebe:input source="=date(filed_on)" target="filed"/>'
        "</zeebe:ioMapping>"
    )
    house.release(
        p__bpmn=line(name, rule("t", name, mapped)),
        q__bpmn=line(f"{name}q", rule("t", name)),
        d__dmn=model(body, f"urn:{name}"),
    )
    variables = {"filed": "2026-06-01", "filed_on": "2026-08-25"}

    mapped_case = house.start(name, **variables)
    unmapped = house.start(f"{name}q", **variables)

    assert house.case(mapped_case).variables["r"] == 8
    (incident,) = house.incidents(unmapped)
    assert (incident.element_id, incident.detail["element"]) == ("t", "in_filed")


# --- history --------------------------------------------------------------------------


def test_the_history_keeps_how_it_was_decided(house: House, name: str) -> None:
    house.release(p__bpmn=line(name, rule("t", name)), d__dmn=admission(name))

    case = house.start(name, stays=True, age=7)

    (event,) = [one for one in house.events(case) if one.type == "decision.evaluated"]
    assert event.element_id == "t"
    assert event.detail is not None
    assert (event.detail["decision"], event.detail["version"]) == (name, 1)
    (told,) = event.detail["decisions"]
    assert told["inputs"] == {"stays": True, "age": 7}
    assert (told["matched_rules"], told["rule_numbers"]) == (["own_class"], [1])
    assert told["result"] == "own class"


def test_what_was_decided_can_be_erased_and_the_chain_holds(
    house: House, name: str, owner: Store
) -> None:
    house.release(p__bpmn=line(name, rule("t", name)), d__dmn=admission(name))
    case = house.start(name, stays=True, age=7)

    with owner.transaction() as tx:
        assert history.erase_details(tx, case) > 0
        assert list(history.verify(tx, case)) == []
    assert {one.detail for one in house.events(case)} == {None}


def test_large_values_are_not_kept_beside_the_decision(house: House, name: str) -> None:
    requires = "Input=in_xs"
    body = given("xs") + literal(name, "count(xs)", requires)
    house.release(
        p__bpmn=line(name, rule("t", name)), d__dmn=model(body, f"urn:{name}")
    )

    case = house.start(name, xs=["x" * 2_000] * 900)

    assert house.case(case).variables["r"] == 900
    (event,) = [one for one in house.events(case) if one.type == "decision.evaluated"]
    assert event.detail is not None
    assert event.detail["decisions"] == [{"id": name, "name": name, "rule_numbers": []}]


def test_a_decision_that_fails_holds_the_case_until_it_is_helped(
    house: House, name: str
) -> None:
    house.release(p__bpmn=line(name, rule("t", name), ask("u")), d__dmn=admission(name))
    case = house.start(name, stays=True, age=True)

    (incident,) = house.incidents(case)
    assert (incident.element_id, incident.kind) == ("t", "decision")
    assert "Қабылдау тәсілі" in incident.message
    assert incident.detail["decision"] == name
    assert incident.detail["element"] == "age_input"
    assert house.told(case, "decision.evaluated") == []

    house.retry(case, age=5)

    assert house.case(case).variables["r"] == "refused"
    assert house.open(case) == [(None, "u")]
