"""What each simulated system answers, from the population and from what was done."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations import civil, health, nobd, notify, persons
from integrations.people import Family, Population
from integrations.simulators.journal import Effect, Journal

ALMATY = ZoneInfo("Asia/Almaty")

Question = dict[str, Any]
Answer = dict[str, Any]


class Refused(Exception):
    """The system understood and says no."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class World:
    """Everything that the simulated systems know."""

    def __init__(
        self, population: Population, journal: Journal, now: Callable[[], datetime]
    ) -> None:
        self.population = population
        self.journal = journal
        self.now = now
        self.held: dict[str, tuple[str, str]] = {}  # child's IIN: school, application
        self.taken: Counter[str] = Counter()  # places by school
        for effect in journal.effects:
            self._happened(effect)

    def once(
        self,
        key: str | None,
        kind: str,
        question: Question,
        make: Callable[["World", Question, str], Answer],
    ) -> Answer:
        """The effect's answer; a key is owed, and brings the effect about once."""
        if not key:
            raise Refused(400, "key_missing", "The header Idempotency-Key is missing")

        def bring_about() -> Effect:
            answer = make(self, question, key)
            application = question.get("application") or {}
            subject = str(application.get("number") or question.get("to"))
            at = self.now().isoformat()
            return Effect(key, kind, subject, at, question, answer)

        with self.journal.lock:
            effect, is_new = self.journal.once(key, kind, question, bring_about)
            if is_new:
                self._happened(effect)
        return effect.answer

    def _happened(self, effect: Effect) -> None:
        if effect.kind not in ("nobd.enrol", "nobd.free"):
            return
        child, school, application = _place(effect.question)
        if effect.kind == "nobd.enrol":
            self.held[child] = (school, application)
            self.taken[school] += 1
        else:
            del self.held[child]
            self.taken[school] -= 1


@dataclass(frozen=True)
class Service:
    """One operation as simulated; `effect` makes it change the world, once a key."""

    kind: str
    system: str
    make: Callable[[World, Question, str], Answer]
    effect: bool = False


def check_persons(world: World, question: Question, _: str) -> Answer:
    asked, child_asked = question["applicant"], question["child"]
    by_applicant = world.population.by_applicant.get(asked["iin"])
    by_child = world.population.by_child.get(child_asked["iin"])
    problems: list[str] = []
    if by_applicant is None:
        problems.append("applicant_unknown")
    else:
        if not by_applicant.applicant.alive:
            problems.append("applicant_dead")
        if not _same_name(asked["name"], by_applicant.applicant.name):
            problems.append("applicant_name_differs")
    if by_child is None:
        problems.append("child_unknown")
    else:
        problems.extend(_child_problems(child_asked, by_child))
    return {
        "found": by_applicant is not None and by_child is not None,
        "problems": problems,
        "name": by_child.child.name if by_child else None,
        "birth_date": by_child.child.birth_date.isoformat() if by_child else None,
        "address": by_child.address if by_child else None,
        "region": by_child.served_by.place.region_code if by_child else None,
        "served_area_school_bin": by_child.served_by.bin if by_child else None,
    }


def check_civil(world: World, question: Question, _: str) -> Answer:
    family = world.population.by_child.get(question["child"]["iin"])
    applicant = question["applicant"]["iin"]
    if family is None or family.applicant.iin != applicant or family.relation is None:
        return {"related": False, "relation": None, "act_number": None}
    return {
        "related": True,
        "relation": family.relation,
        "act_number": family.act_number,
    }


def find_preschool(world: World, question: Question, _: str) -> Answer:
    family = world.population.by_child.get(question["child"]["iin"])
    school = family.preschool if family else None
    return {"completed": school is not None, "bin": school.bin if school else None}


def check_education(world: World, question: Question, _: str) -> Answer:
    child, bin_, application = _place(question)
    school = world.population.by_bin.get(bin_)
    if school is None:
        raise Refused(404, "school_unknown", "No school has this BIN")
    family = world.population.by_child.get(child)
    other = family.other_application if family else None
    held = world.held.get(child)
    if held is not None and held[1] != application:
        other = held[1]
    wanted = question["application"]["language"]
    return {
        "other_application": other,
        "free_places": max(0, school.places - world.taken[bin_]),
        "class_language": wanted if wanted in school.languages else school.languages[0],
    }


def enrol(world: World, question: Question, key: str) -> Answer:
    child, bin_, _ = _place(question)
    school = world.population.by_bin.get(bin_)
    if school is None:
        raise Refused(404, "school_unknown", "No school has this BIN")
    if child not in world.population.by_child:
        raise Refused(404, "child_unknown", "No child has this IIN")
    if child in world.held:
        raise Refused(409, "already_enrolled", "The child holds a place already")
    if world.taken[bin_] >= school.places:
        raise Refused(409, "no_free_places", "The school's first grades are full")
    return {"enrolment_id": f"E-{key}", "enrolled_at": world.now().isoformat()}


def free(world: World, question: Question, _: str) -> Answer:
    child, bin_, application = _place(question)
    if world.held.get(child) != (bin_, application):
        raise Refused(409, "not_enrolled", "This application holds no place there")
    return {"freed": True}


def check_health(world: World, question: Question, _: str) -> Answer:
    family = world.population.by_child.get(question["child"]["iin"])
    return {
        "passport_052_2": family is not None and family.has_passport_052_2,
        "immunisation_065": family is not None and family.has_immunisation_065,
        "checked_on": world.now().astimezone(ALMATY).date().isoformat(),
    }


def send(world: World, question: Question, key: str) -> Answer:
    return {"message_id": f"M-{key}"}


SERVICES: dict[str, Service] = {
    "/persons/v1/check": Service("persons.check", persons.SYSTEM, check_persons),
    "/civil/v1/check": Service("civil.check", civil.SYSTEM, check_civil),
    "/nobd/v1/preschool": Service("nobd.preschool", nobd.SYSTEM, find_preschool),
    "/nobd/v1/check": Service("nobd.check", nobd.SYSTEM, check_education),
    "/nobd/v1/enrol": Service("nobd.enrol", nobd.SYSTEM, enrol, effect=True),
    "/nobd/v1/free": Service("nobd.free", nobd.SYSTEM, free, effect=True),
    "/health/v1/check": Service("health.check", health.SYSTEM, check_health),
    "/notify/v1/send": Service("notify", notify.SYSTEM, send, effect=True),
}


def _child_problems(asked: Question, family: Family) -> list[str]:
    problems = []
    if not family.child.alive:
        problems.append("child_dead")
    if not _same_name(asked["name"], family.child.name):
        problems.append("child_name_differs")
    if asked["birth_date"] != family.child.birth_date.isoformat():
        problems.append("child_birth_date_differs")
    return problems


def _same_name(told: str, known: str) -> bool:
    return told.casefold().split() == known.casefold().split()


def _place(question: Question) -> tuple[str, str, str]:
    return (
        question["child"]["iin"],
        question["school"]["bin"],
        question["application"]["number"],
    )
