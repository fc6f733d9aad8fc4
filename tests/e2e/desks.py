"""Schools whose desk nobody else works at: two clerks each, and tasks that wait."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from integrations.people import Story
from server import bootstrap
from server.settings import Settings
from tests import document_files as files
from tests.e2e.service import PASSWORD, PROCEDURE, TOKENS_LAST, Application
from workflows import credentials, people
from workflows.model import Role

LATE = 6  # tasks of a desk
LONG_AGO = timedelta(days=6)  # an application of then is overdue today
STORIES = set(Story) - {Story.OWN_CLASS, Story.APPLICANT_DEAD}  # a clerk decides
PDF = ("Анықтама.pdf", files.pdf("Anyqtama No 7", "The second page"))
NAMES = ("Дана Ерланқызы", "Ілияс Қайратұлы")

# The same in each run: pictures of the guide change only with what they show.
marks, numbers = count(1), count(101)


@dataclass(frozen=True)
class Desk:
    """The clerk whose it is, a colleague, and what lies on it."""

    clerk: str
    clerk_name: str
    colleague: str
    colleague_name: str
    overdue: list[Application]
    in_time: Application
    tasks: dict[str, str]  # by application number

    def row(self, page, application):
        return page.locator(f"#row-{self.tasks[application.number]}")


def desks(service, wanted, first_school):
    """So many, at the ten schools from that one on, which no two callers share."""
    schools = service.population.schools[first_school : first_school + 10]
    found = {school.bin: [] for school in schools}
    for family in service.population:
        if family.wanted.bin in found and family.story in STORIES:
            found[family.wanted.bin].append(family)
    full = [each for each in found.values() if len(each) > LATE][:wanted]
    begun = [_begin(service, each[: LATE + 1]) for each in full]
    return [_finish(service, each) for each in begun]


def _begin(service, families):
    """The clerks; applications of days ago, and one of now."""
    mark = next(marks)
    clerk, colleague = f"dana.{mark}", f"ilyas.{mark}"
    settings = Settings.from_environment(service.environment)
    with (
        bootstrap.opened(replace(settings, manual_clock=False)) as (store, world),
        store.transaction() as tx,
    ):
        office = families[0].wanted.bin
        for login, name in zip((clerk, colleague), NAMES, strict=True):
            people.add_user(tx, world.clock, login=login, name=name, password=PASSWORD)
            people.add_membership(tx, login=login, role=Role.CLERK, office=office)
        service.tokens[clerk] = credentials.create_token(
            tx, world.clock, clerk, valid_for=TOKENS_LAST
        )
    late = [_file(service, each, LONG_AGO) for each in families[:-1]]
    return clerk, colleague, late, _file(service, families[-1], timedelta(0))


def _file(service, family, ago):
    number = f"A-2027-{next(numbers):06}"
    body = {
        "process_key": PROCEDURE,
        "business_key": number,
        "office": family.wanted.bin,
        "variables": family.variables(number, service.now() - ago),
    }
    case = service.call("POST", "/instances", body)
    return Application(case["id"], number, family.child.name, family.phone)


def _finish(service, begun):
    """As soon as every application waits for a clerk; a PDF is on the first case."""
    clerk, colleague, late, in_time = begun
    tasks = {each.number: service.task_of(each) for each in [*late, in_time]}
    answer = service.http.request(
        "POST",
        f"{service.url}/api/v1/tasks/{tasks[late[0].number]}/documents",
        fields={"file": (*PDF, "application/pdf")},
        headers={"Authorization": f"Bearer {service.tokens[clerk]}"},
    )
    assert answer.status == 201, answer.data.decode()
    return Desk(clerk, NAMES[0], colleague, NAMES[1], late, in_time, tasks)
