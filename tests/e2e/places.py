"""Every page that can be opened, and with which address: a new one must be named here.

`PLACES` holds an entry for every GET route that answers with a page, `NOT_PAGES` the
others; test_accessibility.py compares both with the service's own routes.
"""

import json
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pyotp

from integrations.people import Story
from server import bootstrap
from server.settings import Settings
from tests.drawn import ask, call, line, step
from tests.e2e import service as services
from tests.models import ADMISSION, model
from workflows import comments, people

CLERK, SUPERVISOR, DESIGNER, ADMINISTRATOR = "aigul", "gulnar", "daniyar", "askar"
LONELY = services.IDLE_ADMINISTRATOR  # of an office that no program works for
PEOPLE = {
    "clerk": CLERK,
    "supervisor": SUPERVISOR,
    "designer": DESIGNER,
    "administrator": ADMINISTRATOR,
}
KEY = "k" * 64
COMMENTS = 23  # more than a page of them holds
HOOK = {
    "url": "https://registry.example.kz/rasim",
    "events": ["case.ended"],
    "process_key": "outing",
}
RULES = '<zeebe:calledDecision decisionId="way" resultVariable="way"/>'
NOTE = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


LISTED = {
    "id": "listed.f",
    "type": "default",
    "components": [
        {
            "type": "dynamiclist",
            "id": "children",
            "path": "children",
            "label": "Балалар",
            "allowAddRemove": True,
            "components": [
                {"type": "textfield", "id": "n", "key": "name", "label": "Аты-жөні"}
            ],
        }
    ],
}


@dataclass(frozen=True)
class Place:
    """A page: the route that it is of, who opens it, and its address in a scene."""

    endpoint: str
    login: str | None
    path: str  # with names of the scene in braces
    note: str = ""  # where one route shows several kinds of pages
    status: int = 200

    @property
    def name(self):
        return f"{self.endpoint}{' ' + self.note if self.note else ''}"


PLACES = (
    Place("sign_in.form", None, "/sign-in"),
    Place("api_docs.page", None, "/api/v1/docs"),
    Place("desk.worklist", CLERK, "/tasks"),
    Place("desk.worklist", CLERK, "/tasks?view=done", "done"),
    Place("desk.worklist", CLERK, "/tasks?q=A-0", "nothing found"),
    Place(
        "desk.worklist", CLERK, "/tasks?office=000000000000", "an office unseen", 404
    ),
    Place("desk.task", CLERK, "/tasks/{task}"),
    Place("desk.task", CLERK, "/tasks/{free}", "free"),
    Place("desk.task", CLERK, "/tasks/{done}", "done"),
    Place("desk.task_people", CLERK, "/tasks/{task}/people"),
    Place("desk.cases", CLERK, "/cases"),
    Place("desk.case", CLERK, "/cases/{case}"),
    Place("desk.called", CLERK, "/cases/{calling}/called/meal"),
    Place("desk.comments", CLERK, "/cases/{case}/comments"),
    Place("desk.comments", CLERK, "/cases/{discussed}/comments", "many"),
    Place("desk.documents", CLERK, "/cases/{case}/documents"),
    Place("desk.mentions", CLERK, "/mentions"),
    Place("desk.keys", CLERK, "/help/keys"),
    Place("desk.guide", CLERK, "/help"),
    Place("desk.filters", CLERK, "/tasks/filters"),
    Place("desk.ask_delete_filter", CLERK, "/tasks/filters/{filter}/delete"),
    Place("desk.preview", CLERK, "/documents/{document}/preview"),
    Place("desk.bulk_assign_ask", CLERK, "/tasks/bulk/assign?tasks={task},{free}"),
    Place("desk.bulk_complete_ask", CLERK, "/tasks/bulk/complete?tasks={task}"),
    Place("account.overview", CLERK, "/account"),
    Place("account.password", CLERK, "/account/password"),
    Place("account.codes", CLERK, "/account/second-step"),
    Place("account.sessions", CLERK, "/account/sessions"),
    Place("account.ask_end", CLERK, "/account/sessions/end"),
    Place("account.absence", CLERK, "/account/absence"),
    Place("programs.mine", CLERK, "/account/tokens"),
    Place("programs.mine", DESIGNER, "/account/tokens", "none"),
    Place("programs.of_person", ADMINISTRATOR, "/people/{person}/tokens"),
    Place("programs.programs", ADMINISTRATOR, "/programs"),
    Place("programs.programs", LONELY, "/programs", "none"),
    Place("programs.ask_delete", ADMINISTRATOR, "/programs/webhooks/{hook}/delete"),
    Place("programs.ask_revoke_mine", CLERK, "/account/tokens/{token}/revoke"),
    Place(
        "programs.ask_revoke",
        ADMINISTRATOR,
        "/people/{person}/tokens/{their_token}/revoke",
    ),
    Place("people.people", ADMINISTRATOR, "/people"),
    Place("people.person", ADMINISTRATOR, "/people/{person}"),
    Place("people.everybodys", ADMINISTRATOR, "/sessions"),
    Place("people.new", ADMINISTRATOR, "/people/new"),
    Place("people.offices", ADMINISTRATOR, "/offices"),
    Place("desk.by_hand", ADMINISTRATOR, "/cases/{case}/by-hand"),
    Place("desk.by_hand_ask", ADMINISTRATOR, "/cases/{case}/by-hand/suspend"),
    Place(
        "desk.by_hand_ask",
        ADMINISTRATOR,
        "/cases/{case}/by-hand/skip?step={task}",
        "skip",
    ),
    Place("designer.procedures", DESIGNER, "/procedures"),
    Place("designer.procedure", DESIGNER, "/procedures/first_grade_admission"),
    Place("designer.decision", DESIGNER, "/procedures/decisions/way"),
    Place("designer.check", DESIGNER, "/procedures/check"),
    Place("norms_pages.show", CLERK, "/norms/ADM-4.1"),
    Place("supervisor.late", SUPERVISOR, "/late"),
    Place("supervisor.queue", ADMINISTRATOR, "/queue"),
    Place("supervisor.queue_jobs", SUPERVISOR, "/queue/nobd.check"),
    Place("supervisor.ask_pause", ADMINISTRATOR, "/queue/nobd.check/pause"),
)
# Routes that answer with something else, or lead on to a page that is named above.
NOT_PAGES = {
    "static": "files",
    "health.alive": "for programs",
    "health.ready": "for programs",
    "health.metrics": "for programs",
    "security_txt.show": "for who looks for weaknesses",
    "api_docs.document": "JSON",
    "sign_in.code": "between two steps of signing in: seen by states.py",
    "desk.home": "leads on",
    "desk.cases_csv": "a table",
    "desk.worklist_csv": "a table",
    "people.people_csv": "a table",
    "people.offices_csv": "a table",
    "designer.procedures_csv": "a table",
    "programs.webhooks_csv": "a table",
    "programs.tokens_csv": "a table",
    "supervisor.queue_changes_csv": "a table",
    "supervisor.queue_jobs_csv": "a table",
    "supervisor.late_csv": "a table",
    "supervisor.queue_csv": "a table",
    "designer.drawing": "XML",
    "desk.document": "a document",
    "desk.document_page": "a picture",
    "desk.guide_picture": "a picture",
    "desk.mention": "leads on",
    "desk.bulk_back": "leads on",
    "desk.bulk_fields_again": "leads on",
    "desk.task_again": "leads on",
    "desk.by_hand_fields_again": "leads on",
    "openid.begin": "leads on",
    "openid.back": "leads on",
}


def readable_routes():
    """The endpoints of the service that a browser may open, the API's calls aside."""
    settings = Settings.from_environment(
        {"DATABASE_URL": "postgresql://nobody@localhost/none", "RASIM_SECRET_KEY": KEY}
    )
    app = bootstrap.create_app(settings)
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and (rule.endpoint.startswith("api_docs.") or not rule.rule.startswith("/api/"))
    }


def scene_of(service, family):
    """What the addresses of the places name, made once: name -> id."""
    service.release(
        {
            "outing.bpmn": line(
                "outing", call("c", "meal"), ask("it", None, "Жолға шығу")
            ),
            "meal.bpmn": line("meal", ask("it", None, "Тамақтану")),
            "by_way.bpmn": line("by_way", step("businessRuleTask", "rules", RULES)),
            "listed.bpmn": line(
                "listed", ask("it", "listed.f", "Тізім жасау", "bulk=true")
            ),
            "listed.form.json": json.dumps(LISTED).encode(),
            "way.dmn": model(ADMISSION),
        }
    )
    stories = {
        "task": Story.OTHER_APPLICATION,
        "free": Story.OUTSIDE_AREA,
        "done": Story.NOT_RELATED,
        "loose": Story.OTHER_CLASS,
    }
    filed = {
        name: service.file_application(family(story)) for name, story in stories.items()
    }
    tasks = {name: service.task_of(application) for name, application in filed.items()}
    service.call("POST", f"/tasks/{tasks['task']}/claim", by=CLERK)
    refusal = {"accepted": False, "reason": "other_by_law", "note": "Сот шешімі бар."}
    body = {"variables": {"decision": refusal}}
    service.call("POST", f"/tasks/{tasks['done']}/complete", body, by=CLERK)
    services.wait_until(lambda: service.case(filed["done"])["state"] == "completed")
    calling, discussed = (_case(service, "outing") for _ in range(2))
    _discuss(service, discussed)
    hook = service.call("POST", "/webhooks", HOOK, by=ADMINISTRATOR)
    return {
        **tasks,
        "case": filed["task"].case_id,
        "calling": calling,
        "discussed": discussed,
        "hook": hook["id"],
        "listed": _task(service, _case(service, "listed")),
        "listed_too": _task(service, _case(service, "listed")),
        "document": _document(service, tasks["task"]),
    }


def _case(service, process):
    """A case of ours, at the office that all of them are at."""
    body = {
        "process_key": process,
        "business_key": f"T-{uuid4().hex[:6]}",
        "office": service.population.schools[0].bin,
        "variables": {},
    }
    return service.call("POST", "/instances", body)["id"]


def _task(service, case):
    path = f"/tasks?instance_id={case}"
    return services.wait_until(lambda: service.call("GET", path)["items"])[0]["id"]


def _discuss(service, case):
    """More comments on a case than one page shows."""
    settings = Settings.from_environment(service.environment)
    with (
        bootstrap.opened(replace(settings, manual_clock=False)) as (store, world),
        store.transaction() as tx,
    ):
        clerk = people.known(tx, CLERK)
        for number in range(COMMENTS):
            comments.add(tx, world, clerk, UUID(case), f"№ {number}: ☎ 7 701 000 00 00")


def _document(service, task):
    """A picture that a clerk has added to a task."""
    answer = service.http.request(
        "POST",
        f"{service.url}/api/v1/tasks/{task}/documents",
        fields={"file": ("сурет.png", NOTE, "image/png")},
        headers={"Authorization": f"Bearer {service.tokens[CLERK]}"},
    )
    assert answer.status == 201, answer.data.decode()
    return answer.json()["id"]


def keep_filter(page):
    """A filter of the one whose page it is; its id."""
    page.goto("/tasks?due=overdue")
    form = page.locator("form[action*='/tasks/filters']").first
    token = form.locator("[name=csrf_token]").input_value()
    fields = {"name": "Мерзімі өткендер", "csrf_token": token}
    answer = page.request.post(form.get_attribute("action"), form=fields)
    assert answer.ok, answer.text()
    page.goto("/tasks/filters")
    link = page.locator("a[href$='/delete']").first.get_attribute("href")
    return link.split("/")[-2]


def somebody(page):
    """The id of somebody whom the administrator whose page it is may see."""
    page.goto("/people")
    link = page.locator("main a[href*='/people/']:not([href$='/new'])").first
    return link.get_attribute("href").split("/")[-1].partition("?")[0]


def token(page, path="/account/tokens"):
    """The id of the first token of one's own, or of somebody's page of tokens."""
    page.goto(path)
    link = page.locator("main a[href$='/revoke']").first.get_attribute("href")
    return link.split("/")[-2]


def their_token(page):
    return token(page, f"/people/{somebody(page)}/tokens")


def guard(page, now):
    """The second step of the one whose page it is, set up at a moment; the login."""
    page.goto("/account/second-step")
    page.locator("main [type=password]").fill(services.PASSWORD)
    page.locator("main form button").last.click()
    secret = page.locator(".r-key").inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).at(now))
    page.locator("main button[type=submit]").first.click()
    page.locator(".r-codes").wait_for()
    return services.GUARDED
