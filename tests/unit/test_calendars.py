"""Working days: Kazakhstan's holidays, terms of the law, what came late."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendars import (
    CalendarDays,
    Elapsed,
    OfficeHours,
    TermEnd,
    TermError,
    WorkingCalendar,
    WorkingDays,
    WorkingDaysError,
    add_months,
    arrival,
    parse_term,
    term_end,
)

ALMATY = ZoneInfo("Asia/Almaty")
CALENDAR = WorkingCalendar()


def almaty(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ALMATY)


# base_acts.md, 6: weekdays off in 2026, as the press reported them.
@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2026, 1, 7),
        date(2026, 3, 9),
        date(2026, 3, 23),
        date(2026, 3, 24),
        date(2026, 3, 25),
        date(2026, 5, 1),
        date(2026, 5, 7),
        date(2026, 5, 11),
        date(2026, 5, 27),
        date(2026, 7, 6),
    ],
)
def test_a_public_holiday_of_2026_is_off(day):
    assert not CALENDAR.is_working(day)


def test_no_other_weekday_until_august_2026_is_off():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(212)]
    off = [day for day in days if day.weekday() < 5 and not CALENDAR.is_working(day)]

    assert len(off) == 12


def test_a_decree_beats_holidays_and_weekends():
    saturday, holiday, monday = date(2026, 4, 4), date(2026, 7, 6), date(2026, 8, 31)
    decreed = WorkingCalendar(overrides={saturday: True, holiday: True, monday: False})

    assert decreed.is_working(saturday)
    assert decreed.is_working(holiday)
    assert not decreed.is_working(monday)
    assert CALENDAR.is_working(monday)


def test_kurban_ait_is_estimated_until_a_decree_settles_it():
    kurban_ait = date(2026, 5, 27)
    decreed = WorkingCalendar(overrides={kurban_ait: False})

    assert CALENDAR.is_estimated(kurban_ait)
    assert not CALENDAR.is_estimated(date(2026, 5, 7))
    assert not decreed.is_estimated(kurban_ait)
    assert not decreed.is_working(kurban_ait)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 4, 1), 1, date(2026, 4, 2)),
        (date(2026, 4, 3), 1, date(2026, 4, 6)),
        (date(2026, 4, 4), 1, date(2026, 4, 6)),
        (date(2026, 3, 20), 1, date(2026, 3, 26)),
        (date(2025, 12, 31), 3, date(2026, 1, 8)),
    ],
)
def test_the_own_day_is_not_counted(start, n, end):
    assert CALENDAR.add_working_days(start, n) == end


def test_from_a_moment_the_term_ends_at_the_closing_hour():
    # 20:00 in UTC is already the next day in Almaty.
    moment = datetime(2026, 4, 1, 20, 0, tzinfo=UTC)

    assert CALENDAR.add_working_days(moment, 1) == almaty(2026, 4, 3, 18, 30)


@pytest.mark.parametrize("n", [0, -1, 10_001])
def test_a_senseless_count_of_days_is_refused(n):
    with pytest.raises(WorkingDaysError, match=str(n)):
        CALENDAR.add_working_days(date(2026, 4, 1), n)


def test_the_end_of_the_calendar_is_refused():
    with pytest.raises(WorkingDaysError):
        CALENDAR.add_working_days(date(9999, 12, 30), 5)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(1, 60))
def test_counting_back_finds_what_was_added(start, n):
    end = CALENDAR.add_working_days(start, n)

    assert CALENDAR.is_working(end)
    assert CALENDAR.working_days_between(start, end) == n
    assert CALENDAR.working_days_between(end, start) == -n


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("5 working days", WorkingDays(5)),
        ("1 working day", WorkingDays(1)),
        ("10 calendar days", CalendarDays(10)),
        ("PT8H", Elapsed(0, timedelta(hours=8))),
        ("P30D", Elapsed(0, timedelta(days=30))),
        ("P1Y2M", Elapsed(14, timedelta())),
        ("P1DT30M", Elapsed(0, timedelta(days=1, minutes=30))),
    ],
)
def test_a_term_is_read(text, term):
    assert parse_term(text) == term


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "5 days",
        "0 working days",
        "99999 working days",
        "five working days",
        "P",
        "PT",
        "P1DT",
        "-P1D",
        "P0D",
        "P0.5M",
        "P999999999Y",
    ],
)
def test_a_term_that_cannot_be_read_is_named_with_what_can(text):
    with pytest.raises(TermError) as refusal:
        parse_term(text)

    assert f'"{text}"' in str(refusal.value)
    assert "5 working days" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1 working day", almaty(2026, 4, 3, 10, 0), almaty(2026, 4, 6, 18, 30)),
        ("2 calendar days", almaty(2026, 4, 3, 10, 0), almaty(2026, 4, 5, 18, 30)),
        ("PT8H", almaty(2026, 4, 3, 10, 0), almaty(2026, 4, 3, 18, 0)),
        ("P1M", almaty(2026, 1, 31, 10, 0), almaty(2026, 2, 28, 10, 0)),
        # Almaty's clocks went back on 1 March 2024: eight hours are eight hours.
        ("PT8H", almaty(2024, 2, 29, 20, 0), almaty(2024, 3, 1, 3, 0)),
    ],
)
def test_a_term_ends(text, start, end):
    ended = term_end(parse_term(text), start, CALENDAR)

    assert ended == TermEnd(end, estimated=False)
    assert ended.at.tzinfo == UTC


@pytest.mark.parametrize(
    ("start", "estimated"),
    [
        (almaty(2026, 5, 20, 10, 0), False),
        (almaty(2026, 5, 25, 10, 0), True),
        # It ends the day before: were the feast a day earlier, it would end later.
        (almaty(2026, 5, 21, 10, 0), False),
        (almaty(2026, 5, 22, 10, 0), True),
        (almaty(2026, 5, 28, 10, 0), True),
        (almaty(2026, 5, 29, 10, 0), False),
    ],
)
def test_a_term_across_an_estimated_holiday_is_marked(start, estimated):
    assert term_end(WorkingDays(2), start, CALENDAR).estimated is estimated


def test_a_term_in_an_office_with_other_hours():
    school = WorkingCalendar(OfficeHours(time(8, 0), time(17, 0)))

    ended = term_end(WorkingDays(1), almaty(2026, 4, 1, 9, 0), school)

    assert ended.at == almaty(2026, 4, 2, 17, 0)


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        (almaty(2026, 4, 1, 10, 0), almaty(2026, 4, 1, 10, 0)),
        (almaty(2026, 4, 1, 7, 0), almaty(2026, 4, 1, 7, 0)),
        (almaty(2026, 4, 1, 18, 30), almaty(2026, 4, 1, 18, 30)),
        (almaty(2026, 4, 1, 18, 31), almaty(2026, 4, 2, 9, 0)),
        (almaty(2026, 4, 4, 10, 0), almaty(2026, 4, 6, 9, 0)),
        (almaty(2026, 3, 20, 20, 0), almaty(2026, 3, 26, 9, 0)),
        (datetime(2026, 4, 1, 5, 0, tzinfo=UTC), almaty(2026, 4, 1, 10, 0)),
    ],
)
def test_what_comes_after_closing_or_on_a_day_off_arrives_later(sent, arrived):
    assert arrival(sent, CALENDAR) == arrived


def test_the_last_day_of_a_shorter_month():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 31), -13) == date(2023, 2, 28)
    with pytest.raises(OverflowError):
        add_months(date(2024, 1, 1), 12 * 9000)
