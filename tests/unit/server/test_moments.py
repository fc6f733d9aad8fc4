"""Moments as people say them, in Asia/Almaty."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from server import i18n, moments

NOON = datetime.fromisoformat("2026-11-20T12:00:00+05:00")


@pytest.fixture
def app() -> Flask:
    made = Flask("server")
    i18n.init_app(made, lambda: None)
    return made


@pytest.fixture
def kazakh(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("18:30", "18:30-ға"),  # отызға
        ("18:00", "18:00-ге"),  # он сегізге
        ("20:00", "20:00-ға"),  # жиырмаға
        ("09:40", "09:40-қа"),  # қырыққа
        ("13:05", "13:05-ке"),  # беске
        ("23:59", "23:59-ға"),  # елу тоғызға
        ("00:00", "00:00-ге"),  # нөлге
    ],
)
def test_a_time_takes_the_ending_of_the_last_number_read_aloud(
    kazakh: None, time: str, said: str
) -> None:
    at = datetime.fromisoformat(f"2026-11-21T{time}:00+05:00")

    assert moments.until(at, NOON) == f"ертең, {said} дейін"


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("kk", "бүгін, 18:30-ға дейін"),
        ("ru", "сегодня до 18:30"),
        ("en", "today, by 18:30"),
    ],
)
def test_a_deadline_is_said_in_the_language_of_the_reader(
    app: Flask, locale: str, said: str
) -> None:
    with app.test_request_context(f"/?lang={locale}"):
        assert moments.until(NOON.replace(hour=18, minute=30), NOON) == said


def test_a_day_begins_at_midnight_in_almaty_and_not_in_utc(kazakh: None) -> None:
    late_in_utc = datetime.fromisoformat("2026-11-20T20:00:00+00:00")  # 01:00 here

    assert moments.until(late_in_utc, NOON) == "ертең, 01:00-ге дейін"
    assert moments.band(late_in_utc, NOON) == "later"


@pytest.mark.parametrize(
    ("away", "band"),
    [(timedelta(0), "overdue"), (timedelta(hours=6), "today"), (timedelta(1), "later")],
)
def test_a_due_moment_belongs_to_one_band(away: timedelta, band: str) -> None:
    assert moments.band(NOON + away, NOON) == band


def test_work_without_a_deadline_comes_later() -> None:
    assert moments.band(None, NOON) == "later"


@pytest.mark.parametrize(
    ("days", "said"),
    [(21, "остался 21 день"), (3, "осталось 3 дня"), (11, "осталось 11 дней")],
)
def test_russian_counts_in_its_three_forms(app: Flask, days: int, said: str) -> None:
    with app.test_request_context("/?lang=ru"):
        assert moments.left(NOON + timedelta(days), NOON) == said


def test_what_was_missed_tells_how_late_it_is(kazakh: None) -> None:
    at = NOON - timedelta(hours=3)

    assert moments.until(at, NOON) == "мерзімі бүгін 09:00 өтті"
    assert moments.left(at, NOON) == "3 сағат кешікті"
