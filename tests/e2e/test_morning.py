"""A clerk's morning from signing in to going away: in Kazakh, in Russian, by keys."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.e2e.desks import PDF, desks
from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.person import Person
from tests.e2e.screens import barriers, keep
from tests.e2e.service import PASSWORD, wait_until
from workflows import people

FIVE = 5
NOTE = "textarea[name='decision.note']"
HALF = "Құжаттар жартылай қаралды."
WHOLE = "Құжаттар қаралды, түпнұсқалар сұралды."

WORDS = {
    "kk": SimpleNamespace(
        login="Пайдаланушы аты",
        password="Құпиясөз",
        sign_in="Кіру",
        tasks="Тапсырмалар",
        deadline="Мерзімі",
        overdue="Мерзімі өтті",
        take="Орындауға алу",
        taken="Орындауға алынды: 5 ішінен 5",
        to_list="Тізімге қайту",
        decide="Қабылдау туралы шешім шығару",
        view="Қарау",
        page="2 беттің 1-беті",
        refuse="Дәлелді бас тарту",
        ground="Бас тартудың негізі",
        saved="Сақталды",
        offline="Сақталмады: байланыс жоқ",
        draft="Жоба көрсетілді",
        complete="Аяқтау",
        mend="Түзету қажет",
        completed="Тапсырма аяқталды. Іс",
        take_one="Орындауға алу",
        mine_now="Тапсырма енді Сіздің орындауыңызда.",
        undo="Болдырмау",
        given_back="Тапсырма топтың тізіміне қайтарылды.",
        absence="Болмау мерзімі",
        substitute="Орынбасардың пайдаланушы аты",
        first_day="Бірінші күн",
        last_day="Соңғы күн",
        name_substitute="Орынбасарды тағайындау",
        named="Орынбасар тағайындалды.",
        hand_over="Әріптеске беру",
        hand="Беру",
        has_it="Тапсырма енді мына маманда: {}.",
        stand_in="Бүгін Сіз мына маманның орынбасарысыз: {}.",
    ),
    "ru": SimpleNamespace(
        login="Имя пользователя",
        password="Пароль",
        sign_in="Войти",
        tasks="Задачи",
        deadline="Срок",
        overdue="Срок истёк",
        take="Взять",
        taken="Взято в работу: 5 из 5",
        to_list="Назад к списку",
        decide="Принять решение о приёме",
        view="Посмотреть",
        page="страница 1 из 2",
        refuse="Мотивированный отказ",
        ground="Основание для отказа",
        saved="Сохранено",
        offline="Не сохранено: нет связи",
        draft="Показан черновик",
        complete="Завершить",
        mend="Нужно исправить",
        completed="Задача завершена. Дело",
        take_one="Взять в работу",
        mine_now="Задача теперь у Вас в работе.",
        undo="Отменить",
        given_back="Задача возвращена в список группы.",
        absence="Отсутствие",
        substitute="Имя пользователя замещающего",
        first_day="Первый день",
        last_day="Последний день",
        name_substitute="Назначить замещающего",
        named="Замещающий назначен.",
        hand_over="Передать коллеге",
        hand="Передать",
        has_it="Задача теперь у специалиста: {}.",
        stand_in="Сегодня Вы замещаете: {}.",
    ),
}


@pytest.fixture(scope="module")
def mornings(service):
    """Three desks, of people who have nothing to do with each other."""
    return iter(desks(service, wanted=3, first_school=2))


@pytest.fixture
def walk_in(new_context):
    """Somebody at a browser of their own, before they have signed in."""
    entered = []

    def walk_in(make_hand, language):
        person = Person(new_context().new_page())
        person.hand = make_hand(person.page)
        person.page.on("dialog", lambda dialog: dialog.accept())
        person.open(f"/sign-in?lang={language}")
        entered.append(person)
        return person

    yield walk_in
    assert [fault for person in entered for fault in person.faults] == []


@pytest.mark.parametrize(
    ("language", "make_hand"),
    [("kk", Mouse), ("ru", Mouse), ("kk", Keyboard)],
    ids=["kk", "ru", "keyboard"],
)
def test_a_clerks_morning(service, mornings, walk_in, language, make_hand):
    morning, words = next(mornings), WORDS[language]

    def enter(login):
        person = walk_in(make_hand, language)
        sign_in(person, login, words)
        return person

    clerk = enter(morning.clerk)
    take_what_is_overdue(clerk, morning, words)
    look_at_the_document(clerk, morning, words)
    leave_half_way(clerk, words)
    lose_the_connection(clerk, words)
    clerk.page.context.close()

    clerk = enter(morning.clerk)
    find_the_draft(clerk, morning, words)
    complete_at_the_second_try(clerk, words)
    take_another_and_undo_it(clerk, morning, words)
    name_the_substitute(clerk, service, morning, words)
    hand_over(clerk, morning, words)

    find_what_was_handed_over(enter(morning.colleague), morning, words)
    done, given_back, handed = (morning.overdue[at] for at in (0, 5, 1))
    wait_until(lambda: service.case(done)["state"] == "completed")
    decision = service.case(done)["variables"]["decision"]
    assert decision["note"] == WHOLE
    assert decision["reason"] == "requirements_not_met"
    task = service.call("GET", f"/tasks/{morning.tasks[given_back.number]}")
    assert task["state"] == "created"
    task = service.call("GET", f"/tasks/{morning.tasks[handed.number]}")
    assert task["assignee"] == morning.colleague


def sign_in(person, login, words):
    page, hand = person.page, person.hand
    hand.write(page.get_by_label(words.login), login)
    hand.write(page.get_by_label(words.password), PASSWORD)
    hand.press(person.button(words.sign_in))
    expect(person.heading(words.tasks)).to_be_visible()


def take_what_is_overdue(person, morning, words):
    page, hand = person.page, person.hand
    to_groups(person)
    expect(morning.row(page, morning.in_time)).to_be_visible()
    hand.choose(page.get_by_role("combobox", name=words.deadline), "overdue")
    chip = page.get_by_role("link", name=f"{words.deadline}: {words.overdue}")
    expect(chip).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(FIVE + 1)
    expect(morning.row(page, morning.in_time)).to_have_count(0)

    for application in sorted(
        morning.overdue[:FIVE], key=lambda one: place(page, morning, one)
    ):
        hand.tick(morning.row(page, application))
    expect(page.locator("[data-bulk-number]")).to_contain_text(str(FIVE))
    keep_page(person, "morning-ticked")
    hand.press(
        page.locator("[data-bulk]").get_by_role("button", name=words.take, exact=True)
    )

    expect(person.heading(words.taken)).to_be_visible()
    for application in morning.overdue[:FIVE]:
        expect(person.row(application.number)).to_contain_text(morning.clerk_name)
    hand.press(person.link(words.to_list).last)
    expect(person.heading(words.tasks)).to_be_visible()


def place(page, morning, application):
    return morning.row(page, application).bounding_box()["y"]


def to_groups(person):
    link = person.page.locator(".r-views a[href*='view=groups']").first
    person.hand.press(link)
    expect(link).to_have_attribute("aria-current", re.compile("page|true"))


def to_mine(person, application, morning, words):
    """The list of one's own tasks, and one of them."""
    link = person.page.locator(".r-views a[href*='view=mine']").first
    person.hand.press(link)
    expect(link).to_have_attribute("aria-current", re.compile("page|true"))
    person.hand.press(morning.row(person.page, application).get_by_role("link"))
    expect(person.heading(words.decide)).to_be_visible()


def look_at_the_document(person, morning, words):
    page, hand = person.page, person.hand
    to_mine(person, morning.overdue[0], morning, words)
    name, _content = PDF

    hand.press(page.get_by_role("link", name=f"{words.view} {name}"))

    picture = page.get_by_role("img", name=words.page)
    expect(picture).to_be_visible()
    drawn = "(img) => img.decode().then(() => img.naturalWidth)"
    assert picture.evaluate(drawn) > 100
    keep_page(person, "morning-preview")


def status(person):
    return person.page.locator("[data-draft-status]")


def leave_half_way(person, words):
    page, hand = person.page, person.hand
    hand.check(page.get_by_label(words.refuse))
    hand.write(page.locator(NOTE), HALF)
    expect(status(person)).to_contain_text(words.saved)
    address = page.url

    hand.press(page.locator(".r-nav").get_by_role("link", name=words.tasks))
    expect(person.heading(words.tasks)).to_be_visible()
    page.go_back()

    assert page.url == address
    expect(page.get_by_text(words.draft)).to_be_visible()
    expect(page.get_by_label(words.refuse)).to_be_checked()
    expect(page.locator(NOTE)).to_have_value(HALF)


def lose_the_connection(person, words):
    page, hand = person.page, person.hand
    page.context.set_offline(True)
    hand.write(page.locator(NOTE), WHOLE)
    expect(status(person)).to_contain_text(words.offline)
    keep_page(person, "morning-offline")
    person.faults.clear()  # the lost connection is what this test asked for

    page.context.set_offline(False)
    expect(status(person)).to_contain_text(words.saved)


def find_the_draft(person, morning, words):
    page = person.page
    to_mine(person, morning.overdue[0], morning, words)
    expect(page.get_by_text(words.draft)).to_be_visible()
    expect(page.get_by_label(words.refuse)).to_be_checked()
    expect(page.locator(NOTE)).to_have_value(WHOLE)


def complete_at_the_second_try(person, words):
    page, hand = person.page, person.hand
    ground = page.get_by_label(words.ground)
    expect(ground).to_be_visible()
    hand.press(person.button(words.complete))

    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text(words.mend)
    expect(summary).to_be_focused()
    link = summary.get_by_role("link")
    message = link.inner_text()
    field = page.locator(".govuk-form-group--error").filter(has=ground)
    expect(field.locator(".govuk-error-message")).to_be_visible()
    assert message.startswith(words.ground)
    expect(page.locator(NOTE)).to_have_value(WHOLE)
    keep_page(person, "morning-errors")
    assert barriers(page) == []

    hand.press(link)
    expect(ground).to_be_focused()
    hand.choose(ground, "requirements_not_met")
    hand.press(person.button(words.complete))
    expect(person.notice()).to_contain_text(words.completed)


def take_another_and_undo_it(person, morning, words):
    page, hand = person.page, person.hand
    hand.press(page.locator(".r-nav").get_by_role("link", name=words.tasks))
    to_groups(person)
    row = morning.row(page, morning.overdue[5])
    hand.press(row.get_by_role("link"))
    hand.press(person.button(words.take_one))
    expect(person.notice()).to_contain_text(words.mine_now)

    hand.press(person.button(words.undo))

    expect(person.notice()).to_contain_text(words.given_back)


def name_the_substitute(person, service, morning, words):
    page, hand = person.page, person.hand
    hand.press(page.get_by_role("banner").get_by_role("link", name=morning.clerk_name))
    hand.press(person.link(words.absence))
    today = service.now().astimezone(people.HOME).date()
    hand.write(page.get_by_label(words.substitute), morning.colleague)
    hand.write_day(page.get_by_label(words.first_day), today)
    hand.write_day(page.get_by_label(words.last_day), today)
    hand.press(person.button(words.name_substitute))

    expect(person.notice()).to_have_text(words.named)
    expect(person.row(morning.colleague_name)).to_be_visible()


def hand_over(person, morning, words):
    page, hand = person.page, person.hand
    hand.press(page.locator(".r-nav").get_by_role("link", name=words.tasks))
    to_mine(person, morning.overdue[1], morning, words)
    hand.press(person.link(words.hand_over))
    hand.check(page.get_by_role("radio", name=morning.colleague_name))
    hand.press(person.button(words.hand))

    told = words.has_it.format(morning.colleague_name)
    expect(person.notice()).to_contain_text(told)


def find_what_was_handed_over(person, morning, words):
    told = words.stand_in.format(morning.clerk_name).rstrip(".")
    expect(person.page.locator(".r-notice")).to_contain_text(told)
    keep_page(person, "morning-substitute")
    to_mine(person, morning.overdue[1], morning, words)
    expect(person.button(words.complete)).to_be_visible()
    expect(person.page.locator("main")).to_contain_text(morning.overdue[1].number)


def keep_page(person, name):
    kind = type(person.hand).__name__.lower()
    language = person.page.locator("html").get_attribute("lang")
    keep(person.page, f"{name}-{language}-{kind}")
