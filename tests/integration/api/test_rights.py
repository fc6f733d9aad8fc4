"""Who may do what: every route, every role, one's own office and others."""

import io
import re
import uuid
from dataclasses import dataclass
from datetime import datetime

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from server import auth
from tests.drawn import ask, job, line, step
from tests.integration.api.callers import csrf_of, make_caller, signed_in
from workflows import people
from workflows.model import Role
from workflows.store import tables

PUBLIC = {
    "/.well-known/security.txt",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/healthz",
    "/metrics",
    "/readyz",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/demo",
    "/sign-in/openid",
    "/sign-in/openid/back",
    "/static/<path:filename>",
}
STAFF = (Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR, Role.SERVICE)
OFFICES = {"own": "school-1", "above": "astana", "beside": "school-2"}
SCRIPT = '<zeebe:script expression="=gone" resultVariable="x"/>'
DRAWINGS = {
    "rights.bpmn": line("rights", ask("work", None, "Жұмыс"), ask("next", None, "Соң")),
    "rights_job.bpmn": line("rights_job", job("tell", "notify", "Хабарлау")),
    "rights_fault.bpmn": line("rights_fault", step("scriptTask", "s", SCRIPT, "Есеп")),
}


@dataclass(frozen=True)
class Person:
    """Somebody with a token and a browser."""

    caller: object
    browser: object
    csrf: str

    def send(self, method, path, data=None, body=None):
        if path.startswith("/api/"):
            kwargs = {"json": body} if body is not None else {"data": data}
            return self.caller.app.test_client().open(
                path, method=method, headers=self.caller.headers(), **kwargs
            )
        data = MultiDict(data or {}) | {"csrf_token": self.csrf}
        return self.browser.open(path, method=method, data=data)


def enter(caller):
    browser = signed_in(caller)
    return Person(caller, browser, csrf_of(browser.get("/account")))


@pytest.fixture(scope="module")
def persons(app, store, callers):
    """One person of each role at each office, by (role, place)."""
    return {
        (role, place): enter(make_caller(app, store, f"{role}-{place}", role, office))
        for role in Role
        for place, office in OFFICES.items()
    }


@pytest.fixture(scope="module")
def elsewhere(app, store, callers):
    """Somebody who may do everything, in another school."""
    caller = make_caller(app, store, "elsewhere", Role.CLERK, "school-2")
    with store.transaction() as tx:
        for role in STAFF[1:]:
            people.add_membership(tx, login="elsewhere", role=role, office="school-2")
    return enter(caller)


@pytest.fixture(scope="module")
def begin(callers):
    answer = callers["designer"].post_files("/api/v1/deployments", DRAWINGS)
    assert answer.status_code == 201, answer.text

    def begin(key):
        told = {"process_key": key, "office": "school-1", "variables": {}}
        answer = callers["program"].post("/api/v1/instances", told)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    return begin


@pytest.fixture
def task(begin, callers):
    """A free task of school-1."""
    found = callers["clerk"].get("/api/v1/tasks", instance_id=begin("rights"))
    return found.json["items"][0]["id"]


# --- every route ---------------------------------------------------------------------


def test_every_route_says_who_may_use_it_and_few_are_for_all(app):
    rules = {
        one.rule: auth.rule_of(app, one.endpoint) for one in app.url_map.iter_rules()
    }

    assert None not in rules.values()
    assert {path for path, rule in rules.items() if rule.is_public} == PUBLIC


def test_who_is_not_known_gets_nowhere(app):
    for one in app.url_map.iter_rules():
        if auth.rule_of(app, one.endpoint).is_public:
            continue
        path = filled(one)
        for method in one.methods - {"HEAD", "OPTIONS"}:
            answer = app.test_client().open(path, method=method)
            if path.startswith("/api/"):
                assert answer.status_code == 401, path
            else:
                assert answer.status_code == 303, path
                assert answer.headers["Location"].startswith("/sign-in"), path


@pytest.mark.parametrize("role", list(Role))
def test_a_route_for_some_roles_is_closed_to_the_others(app, persons, role):
    person = persons[role, "above"]
    for one in app.url_map.iter_rules():
        rule = auth.rule_of(app, one.endpoint)
        if rule.is_public or not rule.roles or role in rule.roles:
            continue
        for method in one.methods - {"HEAD", "OPTIONS"}:
            answer = person.send(method, filled(one), body={})
            assert answer.status_code == 403, (role, one.rule, answer.status_code)


def filled(one, **ids):
    """The route's address, with ids that nothing has where none is given."""
    path = one.rule
    for name in one.arguments:
        value = ids.get(name) or {
            "version": "1",
            "way": "up",
            "action": "skip",
            "act": "unlock",
            "key": "rights",
            "norm_id": "ADM-1",
            "filename": "x",
        }.get(name, str(uuid.uuid4()))
        path = re.sub(rf"<[^<>]*\b{name}>", value, path)
    return path


# --- role x office x action ----------------------------------------------------------

MAY = {
    "read": {*STAFF},
    "claim": {Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "complete": {Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "assign": {Role.SUPERVISOR, Role.ADMINISTRATOR},
    "release another's": {Role.SUPERVISOR, Role.ADMINISTRATOR},
    "complete another's": set(),
    "cancel the case": {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SERVICE},
    "open the page": {Role.CLERK, Role.SUPERVISOR},
    "save a draft": {Role.CLERK, Role.SUPERVISOR},
    "comment": {Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR},
    "add a document": {Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR},
}
DONE = {200, 201, 204, 302, 303}


# How each is asked for: method, address, what is sent as JSON, or else as a form.
API, PAGE = "/api/v1/tasks/{task}", "/tasks/{task}"
ASKED = {
    "read": ("GET", API, None, None),
    "claim": ("POST", f"{API}/claim", None, None),
    "complete": ("POST", f"{API}/complete", {"variables": {}}, None),
    "complete another's": ("POST", f"{API}/complete", {"variables": {}}, None),
    "assign": ("POST", f"{API}/assign", {"assignee": "clerk"}, None),
    "release another's": ("POST", f"{API}/release", None, None),
    "cancel the case": (
        "POST",
        "/api/v1/instances/{case}/cancel",
        {"reason": "Сынақ"},
        None,
    ),
    "open the page": ("GET", PAGE, None, None),
    "save a draft": ("POST", f"{PAGE}/draft", None, {"x": "1"}),
    "comment": ("POST", "/cases/{case}/comments", None, {"-text": "Сөз"}),
    "add a document": ("POST", f"{API}/documents", None, "file"),
}


def act(person, action, task, case, callers):
    if "another's" in action:
        assert callers["clerk"].post(f"/api/v1/tasks/{task}/claim").status_code == 200
    method, path, body, form = ASKED[action]
    if form == "file":
        form = {"file": (io.BytesIO(b"one;two\n1;2\n"), "a.csv")}
    return person.send(method, path.format(task=task, case=case), form, body)


@pytest.mark.parametrize("action", list(MAY))
def test_what_each_role_may_do_at_which_office(persons, begin, callers, action):
    for (role, place), person in persons.items():
        case = begin("rights")
        found = callers["clerk"].get("/api/v1/tasks", instance_id=case)
        answer = act(person, action, found.json["items"][0]["id"], case, callers)
        who = (action, str(role), place, answer.status_code)
        if place != "beside" and role in MAY[action]:
            assert answer.status_code in DONE, who
        elif place == "beside" or role is Role.APPLICANT:
            # 403 is the route's: it is closed to the role whatever the task.
            assert answer.status_code == 404 or is_closed(answer, role, action), who
        else:
            assert answer.status_code == 403, who


def is_closed(answer, role, action):
    pages = ("open the page", "save a draft", "comment")
    return action in pages and answer.status_code == 403 and role not in MAY[action]


# --- what is there cannot be told from what is not ------------------------------------


@pytest.fixture(scope="module")
def ids(begin, callers, persons, store):
    """Something of school-1 of every kind, by the name of a route's argument."""
    case = begin("rights")
    found = callers["clerk"].get("/api/v1/tasks", instance_id=case)
    task = found.json["items"][0]["id"]
    clerk = persons[Role.CLERK, "own"]
    file = (io.BytesIO(b"one;two\n1;2\n"), "a.csv")
    added = clerk.send("POST", f"/api/v1/tasks/{task}/documents", {"file": file})
    clerk.send("POST", f"/cases/{case}/comments", {"-text": "Сөз"})
    clerk.send("POST", "/tasks/filters", {"name": "Менікі", "view": "mine"})
    now = datetime.fromisoformat(callers["clerk"].get("/api/v1/clock").json["now"])
    day = now.astimezone(people.HOME).date().isoformat()
    absence = {"substitute": "clerk", "from_on": day, "to_on": day}
    clerk.send("POST", "/account/absence", absence)
    job = callers["administrator"].get("/api/v1/jobs", instance_id=begin("rights_job"))
    fault = callers["administrator"].get(
        "/api/v1/incidents", instance_id=begin("rights_fault")
    )
    with store.transaction() as tx:
        rows = {
            "user_id": tables.users.c.id,
            "session_id": tables.sessions.c.id,
            "comment_id": tables.comments.c.id,
            "filter_id": tables.saved_filters.c.id,
            "substitution_id": tables.substitutions.c.id,
        }
        login = tables.users.c.login == f"{Role.CLERK}-own"
        owner = {
            "session_id": tables.sessions.c.user_id,
            "comment_id": tables.comments.c.author_id,
            "filter_id": tables.saved_filters.c.user_id,
            "substitution_id": tables.substitutions.c.user_id,
        }
        me = tx.scalar(sa.select(tables.users.c.id).where(login))
        own = {
            name: tx.scalar(
                sa.select(column).where(owner.get(name, tables.users.c.id) == me)
            )
            for name, column in rows.items()
        }
    assert None not in own.values(), own
    return {name: str(id_) for name, id_ in own.items()} | {
        "instance_id": case,
        "task_id": task,
        "document_id": added.json["id"],
        "job_id": job.json["items"][0]["id"],
        "incident_id": fault.json["items"][0]["id"],
    }


BODIES = {
    "/complete": {"variables": {}},
    "/assign": {"assignee": "elsewhere"},
    "/cancel": {"reason": "Сынақ"},
    "/move": {"reason": "Сынақ", "from": "work", "to": "next"},
}


def test_nobody_learns_that_another_office_has_something(app, elsewhere, ids):
    walked = set()
    for one in app.url_map.iter_rules():
        named = one.arguments & ids.keys()
        if not named:
            continue
        walked |= named
        for method in one.methods - {"HEAD", "OPTIONS"}:
            real, none = (
                elsewhere.send(method, filled(one, **known), **told(one.rule))
                for known in (ids, {})
            )
            where = (method, one.rule, real.status_code, none.status_code)
            assert real.status_code == none.status_code, where
            # 302: back to the list of one's own, where what was meant is gone.
            assert real.status_code in (404, 422, 302), where
            assert said(real) == said(none), where
    assert walked == ids.keys()


def told(rule):
    """What a request must bring along to be asked about its subject at all."""
    if rule.endswith("/documents"):
        return {"data": {"file": (io.BytesIO(b"one;two\n1;2\n"), "a.csv")}}
    return {"body": next((b for end, b in BODIES.items() if rule.endswith(end)), {})}


def said(answer):
    """A page without what differs each time: ids, tokens."""
    text = answer.headers.get("Location", "") + answer.text
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    return re.sub(r"[0-9A-Za-z_-]{22,}", "TOKEN", text)


def test_nobody_learns_who_works_in_another_office(elsewhere):
    there, nowhere = (
        elsewhere.send("GET", f"/account/absence?of={login}")
        for login in (f"{Role.CLERK}-own", "nobody-at-all")
    )
    assert (there.status_code, nowhere.status_code) == (404, 404)


def test_lists_and_files_hold_nothing_of_another_office(elsewhere, ids, persons):
    for path in (
        "/tasks?view=all",
        "/tasks.csv?view=all",
        "/cases",
        "/cases.csv",
        "/late",
        "/late.csv",
        "/people",
        "/people.csv",
        "/mentions",
        "/tasks/filters",
        "/account/absence",
        "/api/v1/tasks?state=any&limit=200",
        "/api/v1/instances?limit=200",
        "/api/v1/jobs?limit=200",
        "/api/v1/incidents?limit=200",
    ):
        answer = elsewhere.send("GET", path)
        assert answer.status_code == 200, (path, answer.status_code)
        found = [name for name, id_ in ids.items() if id_ in answer.text]
        assert found == [], (path, found)
        assert f"{Role.CLERK}-own" not in answer.text, path


# --- roles at two offices -------------------------------------------------------------


def test_a_role_at_one_office_gives_nothing_at_another(app, store, callers, begin):
    """Who leads in school-2 and only works in school-1 ends no case of school-1."""
    both = make_caller(app, store, "both", Role.CLERK, "school-1")
    with store.transaction() as tx:
        people.add_membership(tx, login="both", role=Role.SUPERVISOR, office="school-2")
    case, with_job, broken = (
        begin(one) for one in ("rights", "rights_job", "rights_fault")
    )
    job = both.get("/api/v1/jobs", instance_id=with_job).json["items"][0]["id"]
    fault = both.get("/api/v1/incidents", instance_id=broken).json["items"][0]["id"]

    for path in (
        f"instances/{case}/cancel",
        f"instances/{case}/suspend",
        f"instances/{case}/resume",
        f"jobs/{job}/retry",
        f"incidents/{fault}/retry",
    ):
        answer = both.post(f"/api/v1/{path}")
        assert answer.status_code == 403, (path, answer.text)
