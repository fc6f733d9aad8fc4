"""Connectors and simulators agree: every operation's answer, effect and refusal."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.connectors import OPERATIONS
from integrations.people import Story
from integrations.simulators.systems import SERVICES
from workflows.ports import BusinessError, ConnectorRefusal


def test_every_operation_is_simulated_at_its_path_and_answers_by_its_schema(outside):
    family = outside.told(Story.GENERAL)

    assert {f"/{o.system}{o.path}": o.type for o in OPERATIONS} == {
        path: service.kind for path, service in SERVICES.items()
    }
    assert outside.connectors.types() == {o.type for o in OPERATIONS}
    for operation in OPERATIONS:  # enrol stands before free
        answer = outside.call(operation.type, family)
        assert set(answer) == set(operation.answers.fields)


def test_persons_tell_who_is_registered_and_what_differs(outside):
    family = outside.told(Story.GENERAL)
    right = outside.call("persons.check", family)
    renamed = outside.call(
        "persons.check",
        family,
        child={
            "iin": family.child.iin,
            "name": "Басқа Бала",
            "birth_date": "2020-01-01",
        },
    )
    dead = outside.call("persons.check", outside.told(Story.APPLICANT_DEAD))
    stranger = outside.call(
        "persons.check",
        family,
        child={
            "iin": outside.people.stranger_iin(),
            "name": "Белгісіз",
            "birth_date": "2020-01-01",
        },
    )

    assert right["found"] is True
    assert right["problems"] == []
    assert right["served_area_school_bin"] == family.served_by.bin
    assert renamed["problems"] == ["child_name_differs", "child_birth_date_differs"]
    assert dead["problems"] == ["applicant_dead"]
    assert stranger["found"] is False
    assert stranger["problems"] == ["child_unknown"]
    assert stranger["name"] is None


def test_the_civil_registry_tells_relation(outside):
    family, other = outside.told(Story.GENERAL), outside.told(Story.GENERAL, 1)

    related = outside.call("civil.check", family)
    unrelated = outside.call("civil.check", outside.told(Story.NOT_RELATED))
    foreign = outside.call(
        "civil.check", family, applicant={"iin": other.applicant.iin}
    )

    assert related == {
        "related": True,
        "relation": family.relation,
        "act_number": family.act_number,
    }
    assert (
        unrelated
        == foreign
        == {
            "related": False,
            "relation": None,
            "act_number": None,
        }
    )


def test_the_education_database_tells_class_places_and_other_applications(outside):
    own, other = outside.told(Story.OWN_CLASS), outside.told(Story.OTHER_APPLICATION)

    assert outside.call("nobd.preschool", own) == {
        "completed": True,
        "bin": own.wanted.bin,
    }
    assert outside.call("nobd.preschool", outside.told(Story.GENERAL)) == {
        "completed": False,
        "bin": None,
    }
    checked = outside.call("nobd.check", other)
    assert checked["other_application"] == other.other_application
    assert checked["free_places"] == other.wanted.places
    assert checked["class_language"] in other.wanted.languages


def test_health_tells_the_day_in_almaty(outside):
    assert outside.call("health.check", outside.told(Story.GENERAL)) == {
        "passport_052_2": True,
        "immunisation_065": True,
        "checked_on": "2026-04-02",
    }
    missing = outside.call("health.check", outside.told(Story.NO_HEALTH_PASSPORT))
    assert missing["passport_052_2"] is False


def test_enrolling_takes_a_place_and_freeing_gives_it_back(outside):
    family = outside.told(Story.GENERAL)
    places = family.wanted.places

    outside.call("nobd.enrol", family)
    taken = outside.call("nobd.check", family)["free_places"]
    seen_by_another = outside.call("nobd.check", family, number="A-2")
    with pytest.raises(BusinessError) as twice:
        outside.call("nobd.enrol", family, number="A-2")
    freed = outside.call("nobd.free", family)
    with pytest.raises(BusinessError) as again:
        outside.call("nobd.free", family)

    assert taken == places - 1
    assert seen_by_another["other_application"] == "A-1"
    assert twice.value.code == "already_enrolled"
    assert freed == {"freed": True}
    assert again.value.code == "not_enrolled"
    assert outside.call("nobd.check", family)["free_places"] == places


def test_a_full_school_is_a_business_result(outside):
    school = min(outside.people.schools, key=lambda s: s.places)
    bodies = [f for f in outside.people if f.story is not Story.OTHER_APPLICATION]
    chosen = {"bin": school.bin}
    for family in bodies[: school.places]:
        outside.call("nobd.enrol", family, school=chosen)

    with pytest.raises(BusinessError) as full:
        outside.call("nobd.enrol", bodies[school.places], school=chosen)

    assert full.value.code == "no_free_places"
    assert len(outside.effects("nobd.enrol")) == school.places


def test_the_same_key_at_the_same_time_has_its_effect_once(outside):
    family, key = outside.told(Story.GENERAL), uuid.uuid4()

    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: outside.call("nobd.enrol", family, key), range(32))
        )

    assert len({answer["enrolment_id"] for answer in answers}) == 1
    (effect,) = outside.effects("nobd.enrol")
    assert effect["key"] == str(key)
    assert effect["subject"] == "A-1"
    assert effect["requests"] == 32
    assert outside.call("nobd.check", family)["free_places"] == family.wanted.places - 1


def test_a_key_that_comes_with_another_question_is_refused(outside):
    family, key = outside.told(Story.GENERAL), uuid.uuid4()
    outside.call("notify", family, key)

    with pytest.raises(ConnectorRefusal, match="came with another question"):
        outside.call("notify", family, key, template="refused")
    with pytest.raises(ConnectorRefusal, match="came with another question"):
        outside.call("nobd.enrol", family, key)


def test_messages_are_kept_for_those_who_look(outside):
    family = outside.told(Story.GENERAL)
    sent = outside.call("notify", family, text="Балаңыз қабылданды")
    outside.call("notify", outside.told(Story.GENERAL, 1))

    found = outside.get(f"/_sim/messages?to=%2B{family.phone[1:]}")["items"]

    assert [m["message_id"] for m in found] == [sent["message_id"]]
    assert found[0]["text"] == "Балаңыз қабылданды"
    assert found[0]["application"] == {"number": "A-1"}


def test_the_population_can_be_asked_for_applications(outside):
    found = outside.get("/_sim/applications?first=1&count=2&story=own_class")["items"]

    expected = [outside.told(Story.OWN_CLASS, nth) for nth in (1, 2)]
    assert [f["index"] for f in found] == [family.index for family in expected]
    assert found[0]["variables"]["child"]["iin"] == expected[0].child.iin
    assert outside.get("/_sim/health") == {"seed": 7, "year": 2026, "families": 240}
