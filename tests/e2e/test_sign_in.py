"""Signing in and out, and what is shown to whom."""

import re

from playwright.sync_api import expect

from tests.e2e import service as services
from tests.e2e.screens import barriers


def test_a_wrong_password_is_refused_and_not_shown_again(enter):
    somebody = enter()
    somebody.open("/sign-in")
    somebody.page.get_by_label("Пайдаланушы аты").fill("aigul")
    somebody.page.get_by_label("Құпиясөз").fill("мүлде басқа сөз")
    somebody.button("Кіру").click()

    expect(somebody.page.get_by_role("alert")).to_contain_text("Түзету қажет")
    expect(somebody.page.get_by_label("Құпиясөз")).to_have_value("")
    expect(somebody.button("Шығу")).to_have_count(0)


def test_who_asked_for_a_page_gets_it_after_signing_in(enter):
    somebody = enter()
    somebody.open("/cases?state=active")
    somebody.page.wait_for_url(re.compile("/sign-in"))
    somebody.page.get_by_label("Пайдаланушы аты").fill("aigul")
    somebody.page.get_by_label("Құпиясөз").fill(services.PASSWORD)
    somebody.button("Кіру").click()

    somebody.page.wait_for_url("/cases?state=active")
    expect(somebody.heading("Істер")).to_be_visible()


def test_everyone_begins_where_their_day_begins(enter):
    begins = {
        "aigul": "Тапсырмалар",
        "gulnar": "Мерзімі өткен және жақындаған істер",
        "daniyar": "Рәсімдер",
        "askar": "Істер",
    }
    for login, heading in begins.items():
        person = enter(login)
        person.open("/")
        expect(person.heading(heading)).to_be_visible()


def test_after_signing_out_the_back_button_shows_nothing(enter):
    clerk = enter()
    clerk.sign_in("aigul")
    clerk.open("/cases")
    clerk.button("Шығу").click()
    clerk.page.wait_for_url(re.compile("/sign-in"))

    clerk.page.go_back()

    expect(clerk.heading("Кіру")).to_be_visible()
    expect(clerk.heading("Істер")).to_have_count(0)


def test_in_the_demonstration_one_click_makes_somebody_a_clerk(service, enter):
    with services.demonstration(service) as url:
        somebody = enter()
        somebody.open(f"{url}/sign-in")
        assert barriers(somebody.page) == []
        somebody.page.get_by_role("button", name="Айгүл Серікқызы").click()

        expect(somebody.heading("Тапсырмалар")).to_be_visible()
        expect(somebody.page.get_by_role("banner")).to_contain_text("Айгүл Серікқызы")
        somebody.page.close()


def test_outside_the_demonstration_nobody_enters_by_one_click(enter):
    somebody = enter()
    somebody.open("/sign-in")
    token = somebody.page.locator("[name=csrf_token]").first.input_value()

    answer = somebody.page.request.post(
        "/sign-in/demo", form={"login": "aigul", "csrf_token": token}
    )

    assert answer.status == 404
    expect(somebody.page.get_by_role("button", name="Айгүл")).to_have_count(0)
