"""Moments as people say them: "tomorrow, by 18:30", "2 days late"; Asia/Almaty."""

from datetime import datetime, timedelta

from server import i18n
from server.i18n import HERE, gettext, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400

# How a Kazakh numeral ends when it is read aloud, and so its dative: онға, екіге, үшке.
_ONES = ("", "ге", "ге", "ке", "ке", "ке", "ға", "ге", "ге", "ға")
_TENS = ("ге", "ға", "ға", "ға", "қа", "ге")  # of 0, 10 ... 50; 0 is "нөл"


def exact(at: datetime) -> str:
    """The whole moment, for a title and for print: 2026 ж. 25 қараша, 18:30."""
    return f"{i18n.day(at)}, {_time(at)}"


def moment(at: datetime, now: datetime) -> str:
    """When something happened or will: "today, 14:05", "3 March, 09:00"."""
    return gettext("%(day)s, %(time)s", day=_day(at, now), time=_time(at))


def until(at: datetime, now: datetime) -> str:
    """By when something is due, or since when it is late."""
    away = _days_away(at, now)
    if at <= now:
        return _since(at, now, away)
    time = _dative(_time(at)) if i18n.locale() == "kk" else _time(at)
    if away == 0:
        return gettext("today, by %(time)s", time=time)
    if away == 1:
        return gettext("tomorrow, by %(time)s", time=time)
    return gettext("%(day)s, by %(time)s", day=_day(at, now), time=time)


def left(at: datetime, now: datetime) -> str:
    """How much time is left, or how late it is, in the largest unit that says it."""
    seconds = abs((at - now).total_seconds())
    is_late = at <= now
    if seconds >= 2 * DAY:
        return _days_left(round(seconds / DAY), is_late)
    if seconds >= HOUR:
        return _hours_left(round(seconds / HOUR), is_late)
    return _minutes_left(max(1, round(seconds / MINUTE)), is_late)


def band(at: datetime | None, now: datetime) -> str:
    """Where a due moment belongs: "overdue", "today" or "later"."""
    if at is None:
        return "later"
    if at <= now:
        return "overdue"
    return "today" if _days_away(at, now) == 0 else "later"


def _since(at: datetime, now: datetime, away: int) -> str:
    time = _time(at)
    if away == 0:
        return gettext("was due today at %(time)s", time=time)
    if away == -1:
        return gettext("was due yesterday at %(time)s", time=time)
    return gettext("was due %(day)s, %(time)s", day=_day(at, now), time=time)


def _days_left(days: int, is_late: bool) -> str:
    if is_late:
        return ngettext("%(num)s day late", "%(num)s days late", days)
    return ngettext("%(num)s day left", "%(num)s days left", days)


def _hours_left(hours: int, is_late: bool) -> str:
    if is_late:
        return ngettext("%(num)s hour late", "%(num)s hours late", hours)
    return ngettext("%(num)s hour left", "%(num)s hours left", hours)


def _minutes_left(minutes: int, is_late: bool) -> str:
    if is_late:
        return ngettext("%(num)s minute late", "%(num)s minutes late", minutes)
    return ngettext("%(num)s minute left", "%(num)s minutes left", minutes)


def _day(at: datetime, now: datetime) -> str:
    match _days_away(at, now):
        case -1:
            return gettext("yesterday")
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
    same_year = _here(at).year == _here(now).year
    return i18n.day(at, "d MMMM" if same_year else None)


def _days_away(at: datetime, now: datetime) -> int:
    return (_here(at).date() - _here(now).date()) // timedelta(days=1)


def _here(at: datetime) -> datetime:
    return at.astimezone(HERE)


def _time(at: datetime) -> str:
    return i18n.clock_time(at)


def _dative(time: str) -> str:
    """18:30 -> 18:30-ға: the suffix follows the last number that is read aloud."""
    hour, minute = (int(part) for part in time.split(":"))
    number = minute or hour
    ending = _ONES[number % 10] if number % 10 else _TENS[number // 10]
    return f"{time}-{ending}"
