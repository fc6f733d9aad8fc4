"""One thing done with the ticked tasks: by whom they may be, with a report of each."""

import re

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.drawn import ask, line
from tests.e2e.screens import PHONE, barriers, keep, sticks_out

pytestmark = pytest.mark.usefixtures("short_lists")

BULK = {
    "register.bpmn": line("register", ask("seen", None, "Тізімге енгізу", "bulk=true")),
    "judge.bpmn": line("judge", ask("decide", None, "Шешім шығару")),
}


@pytest.fixture
def applications(service, family):
    found = [service.file_application(family(Story.OTHER_CLASS)) for _ in range(2)]
    for each in found:
        service.task_of(each)
    return found


@pytest.fixture(scope="module")
def released(service):
    service.release(BULK)


@pytest.fixture
def begin(service, released):
    """Begins cases of a small process; the ids of their tasks."""

    def begin(key, number):
        school = service.population.schools[0].bin
        body = {"process_key": key, "office": school, "variables": {}}
        found = []
        for place in range(number):
            body["business_key"] = f"{key}-{place}"
            case = service.call("POST", "/instances", body)
            path = f"/tasks?instance_id={case['id']}"
            found += [each["id"] for each in service.call("GET", path)["items"]]
        return found

    return begin


def tick(person, *tasks):
    for task in tasks:
        person.page.locator(f"#tick-{task}").check()


def act(person, name):
    person.page.locator("[data-bulk]").get_by_role("button", name=name).click()


def part(person, title):
    return person.page.get_by_role("region", name=re.compile(f"^{title}"))


def look(page, name):
    keep(page, name)
    assert barriers(page) == []
    assert sticks_out(page) == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_of_what_is_taken_together_each_refusal_is_told_with_its_reason(
    service, applications, enter, scripts
):
    tasks = [service.task_of(each) for each in applications]
    clerk = enter("aigul", java_script_enabled=scripts)
    clerk.open("/tasks?view=groups")
    bar = clerk.page.locator("[data-bulk]").get_by_role("button").first
    expect(bar).to_be_visible() if not scripts else expect(bar).to_be_hidden()
    tick(clerk, *tasks)
    service.call("POST", f"/tasks/{tasks[0]}/assign", {"assignee": "marat"}, by="askar")

    act(clerk, "Орындауға алу")

    expect(clerk.heading("Орындауға алынды: 2 ішінен 1")).to_be_visible()
    refused, done = part(clerk, "Орындалмады"), part(clerk, "Орындалды")
    expect(refused).to_contain_text(applications[0].number)
    expect(refused).to_contain_text("Марат Ерланұлы")
    expect(done).to_contain_text(applications[1].number)
    if scripts:
        look(clerk.page, "bulk-report")
    clerk.link("Тізімге қайту").last.click()
    tick(clerk, tasks[1])
    act(clerk, "Қайтару")
    expect(clerk.heading("Қайтарылды: 1 ішінен 1")).to_be_visible()


def test_no_tick_is_told_and_nothing_is_done(applications, enter):
    clerk = enter("aigul", java_script_enabled=False)
    clerk.open("/tasks?view=groups")

    act(clerk, "Орындауға алу")

    expect(clerk.page.get_by_text("Бірде-бір тапсырма белгіленбеді")).to_be_visible()


def test_all_of_a_page_are_ticked_at_once(applications, enter):
    clerk = enter("aigul")
    clerk.open("/tasks?view=groups")
    every = clerk.page.get_by_label("Осы беттегінің бәрін белгілеу")

    every.check()
    number = clerk.page.locator("[data-tick]").count()
    expect(clerk.page.get_by_text(f"Белгіленді: {number}")).to_be_visible()
    clerk.button("Белгілерді алу").click()

    expect(every).not_to_be_checked()
    expect(clerk.page.locator("[data-tick]:checked")).to_have_count(0)


def test_a_supervisor_assigns_to_somebody_who_may(service, applications, enter):
    tasks = [service.task_of(each) for each in applications]
    supervisor = enter("gulnar")
    page = supervisor.page
    supervisor.open("/tasks?view=all")
    tick(supervisor, *tasks)
    act(supervisor, "Тағайындау…")
    expect(page.get_by_role("radio", name="Марат Ерланұлы")).to_be_visible()
    expect(page.get_by_role("radio", name="Данияр Болатұлы")).to_have_count(0)
    look(page, "bulk-assign")

    supervisor.button("Тағайындау").click()
    expect(page.get_by_role("alert")).to_contain_text("кім орындайтынын таңдаңыз")
    look(page, "bulk-assign-again")
    page.get_by_role("radio", name="Марат Ерланұлы").check()
    supervisor.button("Тағайындау").click()

    expect(supervisor.heading("Тағайындалды: 2 ішінен 2")).to_be_visible()
    assert {service.call("GET", f"/tasks/{task}")["assignee"] for task in tasks} == {
        "marat"
    }


def test_a_clerk_is_not_offered_to_assign(applications, enter):
    clerk = enter("aigul")
    clerk.open("/tasks?view=groups")
    clerk.page.locator("[data-tick]").first.check()

    expect(clerk.page.locator("[data-bulk] [value=assign]")).to_have_count(0)


def test_a_step_whose_procedure_allows_it_is_completed_together(service, begin, enter):
    tasks = begin("register", 3)
    clerk = enter("aigul")
    clerk.open("/tasks?view=groups&process=register")
    tick(clerk, *tasks)
    act(clerk, "Аяқтау…")
    look(clerk.page, "bulk-complete")

    clerk.button("Бәрін аяқтау").click()

    expect(clerk.heading("Аяқталды: 3 ішінен 3")).to_be_visible()
    states = {service.call("GET", f"/tasks/{task}")["state"] for task in tasks}
    assert states == {"completed"}


def test_other_steps_are_not_completed_together(service, begin, enter):
    [one], [other] = begin("register", 1), begin("judge", 1)
    clerk = enter("aigul")
    for ticked in ((one, other), (other,)):
        clerk.open("/tasks?view=groups&q=")
        tick(clerk, *ticked)
        act(clerk, "Аяқтау…")
        told = clerk.page.get_by_text("Бұл тапсырмаларды бірге аяқтауға болмайды")
        expect(told).to_be_visible()
        expect(clerk.button("Бәрін аяқтау")).to_have_count(0)
    assert service.call("GET", f"/tasks/{one}")["state"] == "created"


def test_tasks_of_another_office_are_told_as_not_seen(service, applications, enter):
    stranger = enter("bota")
    stranger.open("/tasks")
    task = service.task_of(applications[0])
    token = stranger.page.locator("[name=csrf_token]").first.input_value()

    answer = stranger.page.request.post(
        "/tasks/bulk", form={"csrf_token": token, "act": "claim", "task": task}
    )

    told = answer.text()
    assert "Сіз көрмейтін тапсырма" in told
    assert applications[0].child not in told
    assert service.call("GET", f"/tasks/{task}")["state"] == "created"


def test_on_a_phone_the_bar_and_the_report_fit(service, applications, enter):
    clerk = enter("aigul")
    clerk.page.set_viewport_size(PHONE)
    clerk.open("/tasks?view=groups")
    tick(clerk, service.task_of(applications[0]))
    look(clerk.page, "bulk-phone")

    act(clerk, "Орындауға алу")

    expect(clerk.heading("Орындауға алынды: 1 ішінен 1")).to_be_visible()
    look(clerk.page, "bulk-report-phone")
    path = f"/tasks/{service.task_of(applications[0])}/release"
    service.call("POST", path, by="aigul")
