"""Demo people from a seed: families whose children go to school, schools, stories.

The simulators and the demo data make the same people from the same seed and year.
Nobody here is real: the numbers are valid, the people are made up.
"""

import enum
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from forms.numbers import check_digit
from integrations import names
from integrations.names import Place, Texts

BLOCK = 240  # families that share the schools of one block, one school for each place
DEFAULT_COUNT = 5_000


class Story(enum.StrEnum):
    """What is particular about a family's application."""

    OWN_CLASS = "own_class"  # preschool class of the same school, stays (ADM-4.1)
    GENERAL = "general"  # the school of its area, all in order (ADM-4.2)
    OUTSIDE_AREA = "outside_area"  # a school of another area (BA 1.14)
    OTHER_CLASS = "other_class"  # preschool class of another school
    NOT_RELATED = "not_related"  # the civil registry knows no relation (ADM-2.2)
    NO_HEALTH_PASSPORT = "no_health_passport"  # 052-2/у is missing (BA 1.9)
    APPLICANT_DEAD = "applicant_dead"  # the parent's record is closed
    OTHER_APPLICATION = "other_application"  # one more, to another school (BA 1.16)


# Twenty families on end have every story: two of five go through without a clerk.
STORIES = (
    Story.OWN_CLASS, Story.GENERAL, Story.OWN_CLASS, Story.OUTSIDE_AREA, Story.GENERAL,
    Story.OWN_CLASS, Story.NOT_RELATED, Story.OWN_CLASS, Story.GENERAL,
    Story.OTHER_CLASS, Story.OWN_CLASS, Story.NO_HEALTH_PASSPORT, Story.GENERAL,
    Story.OWN_CLASS,
    Story.OTHER_APPLICATION, Story.GENERAL, Story.OWN_CLASS, Story.APPLICANT_DEAD,
    Story.OWN_CLASS, Story.OUTSIDE_AREA,
)  # fmt: skip


@dataclass(frozen=True)
class School:
    bin: str
    name: Texts
    place: Place
    languages: tuple[str, ...]  # of its first grades
    places: int  # in all its first grades together


@dataclass(frozen=True)
class Person:
    """`name` is surname, given name, patronymic, as an identity document has it."""

    iin: str
    name: str
    birth_date: date
    sex: str  # "male" or "female"
    alive: bool = True


@dataclass(frozen=True)
class Family:
    """An applicant, a child, and what each state system knows of them."""

    index: int
    story: Story
    applicant: Person
    child: Person
    phone: str
    address: str
    language: str  # in which the child will learn
    served_by: School  # the school of the area where the child is registered
    wanted: School  # the school applied to
    relation: str | None  # of the applicant to the child
    act_number: str | None
    preschool: School | None  # whose preschool class the child completed
    has_passport_052_2: bool
    has_immunisation_065: bool
    other_application: str | None

    def variables(
        self, number: str, filed_at: datetime, channel: str = "egov"
    ) -> dict[str, Any]:
        """What an application starts `first_grade_admission` with, as plain JSON."""
        return {
            "application": {
                "number": number,
                "filed_at": filed_at.isoformat(),
                "channel": channel,
                "language": self.language,
                "stays": self.story is Story.OWN_CLASS,
            },
            "applicant": {
                "iin": self.applicant.iin,
                "name": self.applicant.name,
                "phone": self.phone,
                "locale": self.language,
            },
            "child": {
                "iin": self.child.iin,
                "name": self.child.name,
                "birth_date": self.child.birth_date.isoformat(),
            },
            "school": {"bin": self.wanted.bin, "name": self.wanted.name.kk},
        }


class Population:
    """`count` families that apply in the year of `on`; the same for the same seed.

    A smaller population is the beginning of a larger one: family 7 is who she is
    whatever the count. Making 5,000 takes about half a second.
    """

    def __init__(self, seed: int, count: int, on: date) -> None:
        self.seed = seed
        self.year = on.year
        self._numbers: set[str] = set()
        blocks = range(-(-count // BLOCK))
        self.schools: tuple[School, ...] = tuple(
            school for block in blocks for school in self._make_schools(block)
        )
        self.families: tuple[Family, ...] = tuple(
            self._make_family(index) for index in range(count)
        )

    def __iter__(self) -> Iterator[Family]:
        return iter(self.families)

    def __len__(self) -> int:
        return len(self.families)

    def told(self, story: Story, nth: int = 0) -> Family:
        """The `nth` family with this story; IndexError if there are not so many."""
        return [f for f in self.families if f.story is story][nth]

    @cached_property
    def by_child(self) -> dict[str, Family]:
        return {family.child.iin: family for family in self.families}

    @cached_property
    def by_applicant(self) -> dict[str, Family]:
        return {family.applicant.iin: family for family in self.families}

    @cached_property
    def by_bin(self) -> dict[str, School]:
        return {school.bin: school for school in self.schools}

    def stranger_iin(self, nth: int = 0) -> str:
        """A valid IIN of a child whom no state system knows."""
        dice = self._dice("stranger", nth)
        iin = self._new_iin(dice, self._child_birth_date(dice), "female")
        self._numbers.discard(iin)  # so that the same stranger can be asked for again
        return iin

    def _dice(self, kind: str, index: int) -> random.Random:
        return random.Random(f"{self.seed}/{self.year}/{kind}/{index}")  # noqa: S311  # made-up people, no secrets

    def _make_schools(self, block: int) -> Iterator[School]:
        for at, place in enumerate(names.PLACES):
            dice = self._dice("school", block * len(names.PLACES) + at)
            kind = dice.choice(names.SCHOOL_KINDS)
            # No two alike, not even in two districts of one city.
            number = (block * len(names.PLACES) + at) * 2 + dice.randint(1, 2)
            yield School(
                bin=self._new_bin(dice),
                name=Texts(
                    kk=kind.kk.format(n=number),
                    ru=kind.ru.format(n=number),
                    en=kind.en.format(n=number),
                ),
                place=place,
                languages=dice.choice((("kk",), ("kk", "ru"), ("kk", "ru"))),
                places=25 * dice.randint(3, 6),
            )

    def _make_family(self, index: int) -> Family:
        dice = self._dice("family", index)
        story = STORIES[index % len(STORIES)]
        first = index // BLOCK * len(names.PLACES)
        served, other = dice.sample(self.schools[first : first + len(names.PLACES)], 2)
        relation = dice.choice(("mother", "mother", "mother", "father", "father"))
        applicant, child = self._make_pair(dice, relation, story)
        preschool = {Story.OWN_CLASS: served, Story.OTHER_CLASS: other}.get(story)
        related = story is not Story.NOT_RELATED
        return Family(
            index=index,
            story=story,
            applicant=applicant,
            child=child,
            phone=_phone(dice),
            address=_address(dice, served.place),
            language=dice.choice(served.languages),
            served_by=served,
            wanted=other if story is Story.OUTSIDE_AREA else served,
            relation=relation if related else None,
            act_number=self._act_number(dice, child) if related else None,
            preschool=preschool,
            has_passport_052_2=story is not Story.NO_HEALTH_PASSPORT,
            has_immunisation_065=story is not Story.NO_HEALTH_PASSPORT
            or dice.random() < 0.5,
            other_application=f"EXT-{self.year}-{index:06}"
            if story is Story.OTHER_APPLICATION
            else None,
        )

    def _make_pair(
        self, dice: random.Random, relation: str, story: Story
    ) -> tuple[Person, Person]:
        """The applicant and the child; the child bears the father's names."""
        surname = dice.choice(names.SURNAMES)
        is_mother = relation == "mother"
        given = dice.choice(names.WOMEN if is_mother else names.MEN)
        father = dice.choice(names.MEN) if is_mother else given
        sex = dice.choice(("male", "female"))
        born_on = self._child_birth_date(dice)
        child_given = dice.choice(names.BOYS if sex == "male" else names.GIRLS)
        child = Person(
            self._new_iin(dice, born_on, sex),
            _full_name(surname, child_given, father, sex),
            born_on,
            sex,
        )
        parent_born_on = born_on - timedelta(days=dice.randint(20 * 366, 38 * 365))
        parent_sex = "female" if is_mother else "male"
        applicant = Person(
            self._new_iin(dice, parent_born_on, parent_sex),
            _full_name(surname, given, dice.choice(names.MEN), parent_sex),
            parent_born_on,
            parent_sex,
            alive=story is not Story.APPLICANT_DEAD,
        )
        return applicant, child

    def _child_birth_date(self, dice: random.Random) -> date:
        """Six already on 1 September, or six before the year is out (BA 1.6)."""
        first, last = date(self.year - 7, 9, 2), date(self.year - 6, 12, 31)
        return first + timedelta(days=dice.randrange((last - first).days + 1))

    def _act_number(self, dice: random.Random, child: Person) -> str:
        return f"10-{child.birth_date:%y}-{dice.randrange(10**6):06}"

    def _new_iin(self, dice: random.Random, born_on: date, sex: str) -> str:
        century = 2 * (born_on.year // 100 - 18) + (1 if sex == "male" else 2)
        return self._issue(dice, f"{born_on:%y%m%d}{century}", 4)

    def _new_bin(self, dice: random.Random) -> str:
        month = f"{dice.randint(0, 19):02}{dice.randint(1, 12):02}"
        return self._issue(dice, f"{month}40", 5)

    def _issue(self, dice: random.Random, head: str, serial_digits: int) -> str:
        """`head`, a serial number and the check digit; never the same twice."""
        while True:
            eleven = f"{head}{dice.randrange(10**serial_digits):0{serial_digits}}"
            digit = check_digit(eleven)
            number = f"{eleven}{digit}"
            if digit is not None and number not in self._numbers:
                self._numbers.add(number)
                return number


def _full_name(surname: str, given: str, father: str, sex: str) -> str:
    if sex == "male":
        return f"{surname} {given} {father}ұлы"
    return f"{surname}а {given} {father}қызы"


def _phone(dice: random.Random) -> str:
    operator = dice.choice(("701", "702", "705", "747", "775"))
    return f"+7{operator}{dice.randrange(10**7):07}"


def _address(dice: random.Random, place: Place) -> str:
    street = dice.choice(place.streets)
    house, flat = dice.randint(1, 90), dice.randint(1, 120)
    return f"{place.region.kk}, {place.district.kk}, {street}, {house}-үй, {flat}-пәтер"
