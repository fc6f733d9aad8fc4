"""Demo people: valid numbers, the same from the same seed, every story among them."""

from datetime import UTC, date, datetime
from itertools import pairwise

from forms.numbers import (
    bin_is_valid,
    iin_birth_date,
    iin_is_valid,
    iin_sex,
    phone_normal,
)
from integrations.people import STORIES, Population, Story

ON = date(2026, 4, 1)


def test_the_same_seed_makes_the_same_people_and_another_makes_others():
    people = Population(7, 300, ON)

    assert Population(7, 300, date(2026, 12, 31)).families == people.families
    assert Population(8, 300, ON).families != people.families
    assert Population(7, 300, date(2027, 4, 1)).families != people.families


def test_a_small_population_is_the_beginning_of_a_large_one():
    small, large = Population(7, 50, ON), Population(7, 600, ON)

    assert large.families[:50] == small.families
    assert large.schools[: len(small.schools)] == small.schools


def test_every_number_is_valid_and_tells_what_the_person_is():
    people = Population(7, 500, ON)

    for person in (p for f in people for p in (f.applicant, f.child)):
        assert iin_is_valid(person.iin)
        assert iin_birth_date(person.iin) == person.birth_date
        assert iin_sex(person.iin) == person.sex
    assert all(bin_is_valid(school.bin) for school in people.schools)
    assert all(phone_normal(family.phone) == family.phone for family in people)
    assert len(people.by_child | people.by_applicant) == 1000
    assert len(people.by_bin) == len(people.schools)


def test_children_are_six_or_turn_six_in_the_year():
    for family in Population(7, 500, ON):
        born_on = family.child.birth_date
        assert date(2019, 9, 2) <= born_on <= date(2020, 12, 31)
        assert family.applicant.birth_date.year <= born_on.year - 18


def test_twenty_families_on_end_have_every_story():
    people = Population(7, 40, ON)

    assert set(STORIES) == set(Story)
    assert {f.story for f in people.families[13:33]} == set(Story)


def test_a_story_is_what_the_records_say():
    people = Population(7, 40, ON)

    own = people.told(Story.OWN_CLASS)
    assert own.preschool == own.wanted == own.served_by
    assert (
        people.told(Story.OUTSIDE_AREA).wanted
        != people.told(Story.OUTSIDE_AREA).served_by
    )
    assert people.told(Story.NOT_RELATED).relation is None
    assert not people.told(Story.NO_HEALTH_PASSPORT).has_passport_052_2
    assert not people.told(Story.APPLICANT_DEAD).applicant.alive
    assert people.told(Story.OTHER_APPLICATION).other_application


def test_a_stranger_is_valid_known_to_nobody_and_the_same_each_time():
    people = Population(7, 500, ON)

    stranger = people.stranger_iin()

    assert iin_is_valid(stranger)
    assert stranger not in people.by_child
    assert people.stranger_iin() == stranger
    assert people.stranger_iin(1) != stranger


def test_schools_have_names_in_three_languages_and_numbers_of_their_own():
    schools = Population(7, 500, ON).schools

    for one, other in pairwise(sorted(schools, key=lambda s: s.name.kk)):
        assert (one.name.kk, one.place.region_code) != (
            other.name.kk,
            other.place.region_code,
        )
    assert all("{" not in s.name.kk + s.name.ru + s.name.en for s in schools)


def test_an_application_starts_with_plain_json():
    family = Population(7, 20, ON).told(Story.OWN_CLASS)

    variables = family.variables("A-1", datetime(2026, 4, 1, 4, tzinfo=UTC))

    assert variables["application"] == {
        "number": "A-1",
        "filed_at": "2026-04-01T04:00:00+00:00",
        "channel": "egov",
        "language": family.language,
        "stays": True,
    }
    assert variables["child"]["birth_date"] == family.child.birth_date.isoformat()
    assert set(variables) == {"application", "applicant", "child", "school"}
