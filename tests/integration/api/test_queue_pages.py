"""The queue's page and its call: who sees what, what is paused, what is tried again."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa

from server.measures import text
from tests.drawn import job, line
from tests.integration.api.callers import make_caller
from tests.integration.conftest import ToldConnectors
from workflows import deployments, gates, jobs
from workflows.model import Role
from workflows.ports import ConnectorRefusal

KEY = "queued"


@pytest.fixture(scope="module")
def services(app):
    found = app.extensions["rasim"]
    with found.store.transaction() as tx:
        files = {"a.bpmn": line(KEY, job("j", "nobd.check"))}
        deployments.release(tx, found.world, None, files)
    return found


@pytest.fixture(autouse=True)
def nothing_is_left(owner):
    tables = "workers, outside_systems, paused_job_types, queue_changes, job_counts"
    with owner.transaction() as tx:
        tx.execute(sa.text(f"TRUNCATE {tables}, process_instances CASCADE"))


@pytest.fixture
def failed(services, callers):
    """Two failed jobs of school-1, and one of school-2."""

    def refuse(_):
        raise ConnectorRefusal("nobd refused it (400)")

    for office in ("school-1", "school-1", "school-2"):
        started = callers["administrator"].post(
            "/api/v1/instances",
            {"process_key": KEY, "variables": {}, "office": office},
        )
        assert started.status_code == 201, started.text
    outside = ToldConnectors({"nobd.check": refuse})
    with services.store.transaction() as tx:
        found = tx.scalars(sa.text("SELECT id FROM jobs")).all()
    for id_ in found:
        jobs.perform(services.store, services.world, outside, id_)
    return found


def states(services):
    with services.store.transaction() as tx:
        return sorted(tx.scalars(sa.text("SELECT state FROM jobs")).all())


def of(callers, login):
    answer = callers[login].get("/api/v1/queue")
    assert answer.status_code == 200, answer.text
    return {one["type"]: one for one in answer.json["types"]}, answer.json


def test_all_failed_jobs_of_a_type_are_tried_again(services, browse, callers, failed):
    get, post = browse(callers["supervisor"])
    before = get("/queue?lang=en").text
    listed = get("/queue/nobd.check?state=failed&lang=en").text

    answer = post("/queue/nobd.check/retry")

    assert ">3</a>" in before
    assert listed.count("nobd refused it") == 3
    assert answer.headers["Location"] == "/queue?said=retried&retried=3&left=0"
    assert "Tried again: 3." in get(f"{answer.headers['Location']}&lang=en").text
    assert states(services) == ["todo"] * 3
    assert "tried again: 3<" in get("/queue?lang=en").text
    assert of(callers, "supervisor")[0]["nobd.check"]["waiting"] == 3


def test_what_needs_somebody_is_told_at_once_and_stands_first(
    services, browse, callers, failed
):
    gates.open_circuit(services.store, "persons", "no answer")
    _, post = browse(callers["administrator"])
    post("/queue/civil.check/pause", reason="They move their servers.")
    get, _ = browse(callers["supervisor"])

    page = get("/queue?lang=en").text

    assert '<b data-number="failed">3</b>' in page
    assert '<b data-number="waiting">0</b>' in page
    rows = re.findall(r'href="/queue/([a-z.]+)"', page)
    first = ["nobd.check", "persons.check", "civil.check"]
    assert [row for row in rows if row in first] == first
    assert rows[:3] == first


def test_the_page_of_a_type_says_why_its_jobs_wait_and_lets_them_go_on(
    services, browse, callers, failed
):
    get, post = browse(callers["administrator"])
    post("/queue/nobd.check/pause", reason="They move their servers.")
    paused = get("/queue/nobd.check?lang=en").text
    watched, _ = browse(callers["supervisor"])
    seen = watched("/queue/nobd.check?lang=en").text
    post("/queue/nobd.check/resume")
    gates.open_circuit(services.store, "nobd", "nobd did not answer: timed out")
    silent = get("/queue/nobd.check?lang=en").text

    assert "They move their servers." in paused
    assert 'action="/queue/nobd.check/resume"' in paused
    assert "Try all again: 3" in paused
    assert "They move their servers." in seen
    assert 'action="/queue/nobd.check/resume"' not in seen
    assert "They move their servers." not in silent
    assert "National education database does not answer" in silent


def test_who_leads_no_office_sees_no_queue(browse, callers, failed):
    get, post = browse(callers["clerk"])

    assert get("/queue").status_code == 403
    assert post("/queue/nobd.check/retry").status_code == 403
    assert callers["clerk"].get("/api/v1/queue").status_code == 403


def test_a_pause_has_a_reason_and_ends(services, browse, callers):
    get, post = browse(callers["administrator"])

    without = post("/queue/nobd.check/pause", reason=" ")
    made = post("/queue/nobd.check/pause", reason="They move their servers.")
    page = get("/queue?lang=en").text
    closed = gates.look(services.store)
    measured = text(services).decode()
    told = of(callers, "administrator")[0]["nobd.check"]
    ended = post("/queue/nobd.check/resume")

    assert without.status_code == 422
    assert (made.status_code, ended.status_code) == (303, 303)
    assert page.count("They move their servers.") == 2  # with its type, and as done
    assert closed.types == {"nobd.check"}
    assert 'rasim_type_paused{type="nobd.check"} 1.0' in measured
    assert told["pause_reason"] == "They move their servers."
    assert gates.look(services.store).types == frozenset()
    assert post("/queue/fax.send/pause", reason="x").status_code == 404


def test_a_pause_is_for_who_administrates_every_office(app, services, browse, callers):
    local = make_caller(app, services.store, "local", Role.ADMINISTRATOR, "astana")
    for caller in (callers["supervisor"], local):
        get, post = browse(caller)
        assert "/queue/nobd.check/pause" not in get("/queue").text
        assert post("/queue/nobd.check/pause", reason="x").status_code == 403
        assert post("/queue/nobd.check/resume").status_code == 403


def test_a_silent_system_and_the_workers_are_seen(services, browse, callers):
    worker = gates.Worker(uuid4(), "server-7", 4711)
    gates.open_circuit(services.store, "nobd", "nobd did not answer: timed out")
    gates.beat(services.store, worker, {"civil": 2}, {"civil.check": 40})
    get, _ = browse(callers["supervisor"])
    page, (types, told) = get("/queue?lang=en").text, of(callers, "supervisor")
    measured = text(services).decode()

    assert "National education database does not answer" in page
    assert "server-7" in page
    assert types["civil.check"]["done"] == 40
    (alive,) = told["workers"]
    assert (alive["state"], alive["running"]) == ("working", {"civil": 2})
    opened = {one["system"]: one["is_open"] for one in told["systems"]}
    assert [name for name in opened if opened[name]] == ["nobd"]
    assert 'rasim_system_silent{system="nobd"} 1.0' in measured
    assert 'rasim_workers{state="working"} 1.0' in measured


def test_a_worker_that_says_nothing_is_told_and_then_forgotten(
    services, browse, callers
):
    dead = gates.Worker(uuid4(), "server-7", 4711)
    gates.beat(services.store, dead, {}, {})
    with services.store.transaction() as tx:
        tx.execute(
            sa.text("UPDATE workers SET seen_at = seen_at - interval '1 minute'")
        )
    get, _ = browse(callers["administrator"])
    page = get("/queue?lang=en").text
    other = gates.Worker(uuid4(), "server-8", 4711)

    assert "says nothing" in page
    assert "No worker is running" in page
    assert gates.bury(services.store, other, lambda pid: True) == 1


def test_the_list_is_a_file_and_sorted(browse, callers, failed):
    get, _ = browse(callers["supervisor"])

    lines = get("/queue.csv?sort=-failed&lang=en").text.splitlines()

    assert lines[0].lstrip("\ufeff").startswith("System;Type of job;State;Waiting")
    assert lines[1].split(";")[1:7] == ["nobd.check", "goes on", "0", "0", "0", "3"]
    assert get("/queue/fax.send").status_code == 404


def test_who_did_it_is_told_by_name_and_the_whole_of_it_is_a_file(
    services, browse, callers
):
    with services.store.transaction() as tx:
        tx.execute(
            sa.text("UPDATE users SET name = 'Асқар Әлі' WHERE login = :login"),
            {"login": callers["administrator"].login},
        )
    get, post = browse(callers["administrator"])
    for number in range(6):
        post("/queue/nobd.check/pause", reason=f"Reason {number}")
        post("/queue/nobd.check/resume")
    post("/queue/nobd.check/pause", reason="The last")

    page = get("/queue?lang=en").text
    of_type = get("/queue/nobd.check?lang=en").text
    head, *lines = get("/queue-changes.csv?lang=en").text.splitlines()

    assert "The last — Асқар Әлі" in page
    assert "Paused by Асқар Әлі (" in of_type
    assert page.count(">Асқар Әлі</td>") == 10
    assert "The newest 10 of 13." in page
    assert head.endswith("System;Type of job;Reason;Who")
    assert len(lines) == 13
    assert lines[0].split(";")[1:] == [
        "paused",
        "",
        "National education database",
        "nobd.check",
        "The last",
        "Асқар Әлі",
    ]


def test_the_jobs_of_a_type_are_sorted_and_a_file(services, browse, callers, failed):
    with services.store.transaction() as tx:
        tx.execute(
            sa.text(
                "UPDATE jobs SET attempts = 7 WHERE id ="
                " (SELECT id FROM jobs ORDER BY created_at, id LIMIT 1 OFFSET 1)"
            )
        )
    get, _ = browse(callers["supervisor"])

    page = get("/queue/nobd.check?sort=-attempts&lang=en").text
    link = re.search(r'href="(/queue/nobd.check/jobs.csv[^"]*)"', page)[1]
    head, *lines = get(f"{link.replace('&amp;', '&')}&lang=en").text.splitlines()

    numbers = re.findall(r'data-label="Attempts">(\d)', page)
    assert numbers[0] == "7"
    assert len(numbers) == len(lines) == 3
    assert head.endswith("State;Attempts;Waiting since;Tried again later;Last fault")
    assert [line.split(";")[3] for line in lines] == numbers
    assert lines[0].endswith("nobd refused it (400)")
    waiting = get("/queue/nobd.check/jobs.csv?state=todo").text.splitlines()
    assert len(waiting) == 1
