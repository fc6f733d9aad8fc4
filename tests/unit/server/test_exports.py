"""Lists as files: a cell is what it was, whatever a spreadsheet would make of it."""

import csv
import io

import pytest

from server import exports


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("-5", "-5"),  # an amount stays one
        ("-1\xa0234,50", "-1\xa0234,50"),
        ("1234", "1234"),
        ("0", "0"),
        ("0,5", "0,5"),
        ("01.09.2026", "01.09.2026"),
        ("001231500123", "'001231500123"),  # an IIN of 2000 keeps its zeros
        ("150317600121", "'150317600121"),  # and none becomes 1.5E+11
        ("+77011234567", "'+77011234567"),
        ("-2+cmd|' /C calc'!A0", "'-2+cmd|' /C calc'!A0"),
        ("-5-HYPERLINK(1)", "'-5-HYPERLINK(1)"),
        ("=1", "'=1"),
        ("Әсел; «1 мектеп»", "Әсел; «1 мектеп»"),
    ],
)
def test_a_cell_is_what_it_was(cell: str, kept: str) -> None:
    answer = exports.csv_file("tasks", ["head"], [[cell]])

    told = csv.reader(io.StringIO(answer.get_data(as_text=True)), delimiter=";")
    assert list(told)[1] == [kept]
