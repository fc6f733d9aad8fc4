"""The page of who was refused for now: it says what to do, and nothing is lost."""

import re
from html import unescape

import pytest

from server import bootstrap, overload
from server.settings import Settings

LATE_SECONDS = 60.0
AGAIN = {"kk": "Қайталап көру", "ru": "Повторить", "en": "Try again"}
SAME = {"kk": "Осы бетті", "ru": "Обновите эту страницу", "en": "Reload this page"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = bootstrap.create_app(
        Settings.from_environment(
            {
                "DATABASE_URL": "postgresql://nobody@localhost/none",
                "RASIM_DATA": str(tmp_path_factory.mktemp("data")),
                "RASIM_SECRET_KEY": "k" * 64,
            }
        )
    )
    yield app.test_client()
    app.extensions["rasim"].store.close()


@pytest.mark.parametrize("language", AGAIN)
def test_who_only_looked_is_led_back_to_the_same_page(client, language):
    with overload.having_waited(LATE_SECONDS):
        answer = client.get(f"/sign-in?next=/tasks&lang={language}")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    again = re.search(rf'href="([^"]+)">{AGAIN[language]}</a>', answer.text)
    assert unescape(again[1]) == "/sign-in?next=%2Ftasks"
    assert SAME[language] not in answer.text


@pytest.mark.parametrize("language", SAME)
def test_who_sent_something_is_told_how_to_send_it_again(client, language):
    with overload.having_waited(LATE_SECONDS):
        answer = client.post(f"/sign-in?lang={language}", data={"login": "aigul"})

    assert answer.status_code == 503
    assert SAME[language] in answer.text
    assert f">{AGAIN[language]}</a>" not in answer.text
