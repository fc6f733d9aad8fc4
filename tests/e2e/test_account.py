"""One's own account and the people of an office, in a browser."""

import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import expect

from server import bootstrap
from server.settings import Settings
from tests import provider as providers
from tests.e2e import service as services
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out
from workflows import people
from workflows.model import Role

SCREENS = {"desktop": DESKTOP, "phone": PHONE}
FIRM = "күзгі жапырақ сары алтын"
ROLES = Path(__file__).parent.parent / "integration" / "sign_in" / "roles.yaml"


@pytest.fixture
def newcomer(service):
    """The login of a clerk of our school whom nobody else uses."""
    login = f"dana-{uuid.uuid4().hex[:6]}"
    settings = Settings.from_environment(service.environment)
    with (
        bootstrap.opened(replace(settings, manual_clock=False)) as (store, world),
        store.transaction() as tx,
    ):
        people.add_user(
            tx, world.clock, login=login, name="Дана Ерланқызы", password=FIRM
        )
        school = service.population.schools[0].bin
        people.add_membership(tx, login=login, role=Role.CLERK, office=school)
    return login


PAGES = {
    "account": "/account",
    "password": "/account/password",
    "second-step": "/account/second-step",
    "sessions": "/account/sessions",
    "absence": "/account/absence",
    "everybodys": "/sessions",
    "people": "/people",
    "nobody": "/people?q=zzz",
    "new-person": "/people/new",
    "offices": "/offices",
    "office": "/offices?at=moe",
}


@pytest.mark.parametrize("locale", ["kk", "ru"])
@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_a_barrier_and_none_sticks_out(enter, screen, locale, newcomer):
    chief = enter("askar")
    chief.page.set_viewport_size(SCREENS[screen])
    for name, path in PAGES.items():
        mark = "&" if "?" in path else "?"
        assert chief.open(f"{path}{mark}lang={locale}") == 200
        look(chief, f"{name}-{screen}-{locale}")

    chief.open(f"/people?lang={locale}&q=aigul")
    go(chief, chief.page.locator("tbody a").first)
    look(chief, f"person-{screen}-{locale}")
    chief.open(f"/people?lang={locale}&q={newcomer}")
    go(chief, chief.page.locator("tbody a").first)
    chief.page.locator("form[action$='first-password'] button").click()
    expect(chief.page.locator(".r-key")).to_be_visible()
    look(chief, f"person-first-password-{screen}-{locale}")
    other = enter("askar")
    chief.open(f"/account/sessions/end?lang={locale}")
    look(chief, f"sessions-end-{screen}-{locale}")
    chief.open(f"/people?lang={locale}&q=gulnar")
    enter("gulnar")
    go(chief, chief.page.locator("tbody a").first)
    look(chief, f"person-sessions-{screen}-{locale}")
    other.page.close()
    chief.page.goto("/sessions")
    go(chief, chief.page.locator("main button[type=submit]"))
    look(chief, f"everybodys-refused-{screen}-{locale}")
    chief.page.goto("/people/new")
    go(chief, chief.page.locator("main button[type=submit]"))
    look(chief, f"new-person-refused-{screen}-{locale}")
    chief.page.goto("/account/absence")


def go(person, control):
    """Press what leads to another page, and be there before anything is looked at."""
    with person.page.expect_navigation():
        control.click()


def look(person, name):
    keep(person.page, f"p-{name}")
    assert barriers(person.page) == [], name
    assert sticks_out(person.page) <= 0, name


def test_a_second_step_is_set_up_and_asked_for(service, enter, newcomer):
    owner = enter()
    owner.sign_in(newcomer, FIRM)
    owner.open("/account/second-step")
    owner.page.get_by_label("Қазіргі құпиясөз").fill(FIRM)
    go(owner, owner.button("Баптау"))
    look(owner, "set-up")
    maker = pyotp.TOTP(owner.page.locator(".r-key").inner_text().replace(" ", ""))
    code = owner.page.get_by_label("Код")
    code.fill("000000")
    go(owner, owner.button("Қосу"))
    look(owner, "set-up-refused")
    owner.page.get_by_label("Код").fill(maker.at(service.now()))
    owner.button("Қосу").click()
    expect(owner.page.locator(".r-codes li")).to_have_count(10)
    look(owner, "recovery-codes")

    owner.button("Шығу").click()
    owner.page.get_by_label("Пайдаланушы аты").fill(newcomer)
    owner.page.get_by_label("Құпиясөз").fill(FIRM)
    owner.button("Кіру").click()
    expect(owner.heading("Екінші қадамның коды")).to_be_visible()
    look(owner, "code")
    owner.page.get_by_label("Код").fill("000000")
    owner.button("Жалғастыру").click()
    expect(owner.page.get_by_role("alert")).to_be_visible()
    look(owner, "code-refused")
    later = service.now() + timedelta(seconds=30)
    owner.page.get_by_label("Код").fill(maker.at(later))
    owner.button("Жалғастыру").click()

    expect(owner.heading("Тапсырмалар")).to_be_visible()


def test_a_required_second_step_comes_before_everything(service, enter, newcomer):
    with services.beside(service, RASIM_SECOND_FACTOR="required") as url:
        owner = enter()
        owner.open(f"{url}/sign-in?next=/cases")
        owner.page.get_by_label("Пайдаланушы аты").fill(newcomer)
        owner.page.get_by_label("Құпиясөз").fill(FIRM)
        go(owner, owner.button("Кіру"))
        everywhere(owner, "required")
        owner.page.get_by_label("Қазіргі құпиясөз").fill("wrong")
        go(owner, owner.button("Баптау"))
        look(owner, "required-refused")
        owner.page.get_by_label("Қазіргі құпиясөз").fill(FIRM)
        go(owner, owner.button("Баптау"))
        told = owner.page.locator(".r-key").inner_text().replace(" ", "")
        owner.page.get_by_label("Код").fill(pyotp.TOTP(told).at(service.now()))
        go(owner, owner.button("Қосу"))
        look(owner, "required-recovery-codes")
        go(owner, owner.page.get_by_role("link", name="жалғастыру"))
        expect(owner.heading("Істер")).to_be_visible()

        owner.page.goto(f"{url}/account/second-step")
        everywhere(owner, "required-on")
        owner.page.locator("#current-another").fill(FIRM)
        go(owner, owner.button("Басқа телефонды баптау"))
        look(owner, "another")
        other = owner.page.locator(".r-key").inner_text().replace(" ", "")
        assert other != told
        owner.page.get_by_label("Код").fill(pyotp.TOTP(other).at(service.now()))
        go(owner, owner.button("Қосу"))
        expect(owner.page.locator(".r-codes li")).to_have_count(10)
        owner.page.close()


def everywhere(person, name):
    """The page of now on each screen, in each language."""
    for locale in ("ru", "kk"):
        for screen, size in SCREENS.items():
            person.page.set_viewport_size(size)
            other = person.page.locator(f".r-languages a[lang={locale}]")
            if other.count():
                go(person, other)
            look(person, f"{name}-{screen}-{locale}")


def test_a_password_is_changed_and_a_weak_one_refused(enter, newcomer):
    owner = enter()
    owner.sign_in(newcomer, FIRM)
    for told, expected in (
        ("йцукенгшщзхъфыва", "табу оңай"),
        (f"{FIRM} жаңа", "Құпиясөз өзгертілді"),
    ):
        owner.open("/account/password")
        owner.page.get_by_label("Қазіргі құпиясөз").fill(FIRM)
        owner.page.get_by_label("Жаңа құпиясөз", exact=True).fill(told)
        owner.page.get_by_label("Жаңа құпиясөз тағы бір рет").fill(told)
        owner.button("Құпиясөзді өзгерту").click()
        expect(owner.page.locator("main")).to_contain_text(expected)
        look(owner, f"password-{expected[:4]}")


def test_a_substitute_is_named_and_sees_for_whom(service, enter, newcomer):
    owner = enter()
    owner.sign_in(newcomer, FIRM)
    owner.open("/account/absence")
    day = service.now().astimezone(people.HOME).date().isoformat()
    owner.page.get_by_label("Орынбасардың пайдаланушы аты").fill("marat")
    owner.page.get_by_label("Бірінші күн").fill(day)
    owner.page.get_by_label("Соңғы күн").fill(day)
    owner.button("Орынбасарды тағайындау").click()
    expect(owner.row("Марат Ерланұлы")).to_be_visible()
    look(owner, "absence-named")

    substitute = enter("marat")
    substitute.open("/tasks")
    told = substitute.page.locator(".r-notice", has_text="Дана Ерланқызы")
    expect(told).to_be_visible()
    look(substitute, "standing-in")
    owner.page.get_by_role("button", name="Аяқтау").first.click()
    expect(owner.notice()).to_contain_text("тоқтатылды")
    substitute.open("/tasks")
    expect(told).to_have_count(0)


@contextmanager
def with_provider(service, **told):
    """The address of one more web server, whose people sign in at a real provider."""
    port = str(services.free_port())
    url = f"http://{services.HOST}:{port}"
    with providers.running(f"{url}/sign-in/openid/back") as provider:
        environment = {
            **service.environment,
            **provider.environment(ROLES),
            **told,
            "RASIM_ADDRESS": url,
            "RASIM_PORT": port,
        }
        with services.Program(("web",), environment) as program:
            program.wait_for("Booting worker")
            yield url, provider


def test_one_signs_in_at_a_provider(service, enter):
    with with_provider(service) as (url, provider):
        claims = {"name": "Сәуле Қайрат", "preferred_username": "saule"}
        school = service.population.schools[0].bin
        provider.knows({"saule": claims | {"groups": "desk", "office": school}})
        somebody = enter()
        somebody.open(f"{url}/sign-in?next=/cases")
        look(somebody, "sign-in-openid")
        somebody.page.get_by_role("button", name="Бір есік арқылы кіру").click()
        somebody.page.locator("[name=login]").fill("saule")
        somebody.page.locator("[name=password]").fill("any")
        somebody.page.locator("[type=submit]").click()
        somebody.page.locator("[type=submit]").click()  # agrees

        expect(somebody.heading("Істер")).to_be_visible()
        expect(somebody.page.get_by_role("banner")).to_contain_text("Сәуле Қайрат")
        provider.knows({"saule": claims | {"groups": [], "office": school}})
        somebody.button("Шығу").click()
        somebody.page.get_by_role("button", name="Бір есік арқылы кіру").click()
        expect(somebody.heading("Сіз кірген жоқсыз")).to_be_visible()
        look(somebody, "refused")
        somebody.page.close()


def test_who_is_not_known_surely_enough_is_told_so(service, enter):
    with with_provider(service, RASIM_OIDC_ACR="gold") as (url, provider):
        school = service.population.schools[0].bin
        provider.knows({"saule": {"groups": "desk", "office": school}})
        somebody = enter()
        somebody.open(f"{url}/sign-in")
        somebody.page.get_by_role("button", name="Бір есік арқылы кіру").click()
        somebody.page.locator("[name=login]").fill("saule")
        somebody.page.locator("[name=password]").fill("any")
        somebody.page.locator("[type=submit]").click()
        somebody.page.locator("[type=submit]").click()  # agrees

        expect(somebody.page.locator("main")).to_contain_text("екінші қадаммен")
        look(somebody, "not-sure-enough")
        somebody.page.set_viewport_size(PHONE)
        look(somebody, "not-sure-enough-phone")
        go(somebody, somebody.page.get_by_role("link", name="арқылы қайта кіру"))
        expect(somebody.page.locator("[name=login]")).to_be_visible()
        somebody.page.close()


def test_the_account_is_found_from_every_page(enter):
    clerk = enter("aigul")
    clerk.page.set_viewport_size(PHONE)
    clerk.open("/tasks")
    clerk.page.get_by_role("link", name="Айгүл Серікқызы").click()
    expect(clerk.heading("Менің тіркелгім")).to_be_visible()
