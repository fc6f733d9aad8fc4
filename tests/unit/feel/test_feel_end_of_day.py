"""ISO 8601 writes the end of a day as 24:00:00."""

from datetime import UTC, datetime

import pytest

from workflows.feel import WrongValue, temporal


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-31T24:00:00", datetime(2027, 1, 1)),  # noqa: DTZ001 a local one
        ("2026-08-31T24:00:00.000Z", datetime(2026, 9, 1, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_day_is_the_next_midnight(text: str, moment: datetime) -> None:
    assert temporal.parse_datetime(text) == moment


@pytest.mark.parametrize(
    "text", ["2026-12-31T24:00:01", "2026-12-31T24:30:00", "9999-12-31T24:00:00"]
)
def test_nothing_comes_after_it(text: str) -> None:
    with pytest.raises(WrongValue):
        temporal.parse_datetime(text)
