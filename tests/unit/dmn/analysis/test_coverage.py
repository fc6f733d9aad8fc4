"""Analysis of tables: every example is tried out, nothing is missed."""

import itertools
import time
from typing import Any

import pytest
from trying import matching

from workflows.dmn import coverage
from workflows.dmn.coverage import Input, Rule, Table
from workflows.model import Finding

Row = tuple[str, ...]
Shown = dict[str, Any]


def rules_of(found: list[Finding]) -> list[str]:
    return [each.rule for each in found]


NUMBERS = {"age": "number"}


def test_a_whole_table_is_told_nothing(find):
    rows = [("< 18", "1"), ("[18..65)", "2"), (">= 65", "3")]

    assert find("UNIQUE", NUMBERS, rows) == []


@pytest.mark.parametrize(
    ("type_name", "rows", "example"),
    [
        ("number", ["< 18", "> 18"], "18"),
        ("number", ["<= 18", "> 19.5"], "19"),
        ("number", ["< 0.1", "(0.1..0.2]", "> 0.2"], "0.1"),
        ("number", ["1", "2"], "0"),
        ("number", ["not(5)"], "5"),
        ("number", ["!= 5"], "5"),
        ("number", ["? < 3 or ? > 3"], "3"),
        ("number", ["? between 1 and 3", "> 3", "? < 1 and ? != -4"], "-4"),
        ("number", ["? in [1..3]", "3 < ?", "< 0", "(0..1)"], "0"),
        ("boolean", ["true"], "false"),
        ("string", ['"kk"', '"ru"'], '"other"'),
        ("string", ['not("kk", "ru")', '"kk"'], '"ru"'),
        ("string", ['"kk"', '"other"'], '"other 0"'),
        ("string", ['< "b"', '> "b"'], '"b"'),
        ("string", ['["a", "b"]', 'not("a", "b", "c")'], '"c"'),
        ("date", ['< date("2026-06-01")', '> date("2026-06-01")'], '@"2026-06-01"'),
        ("date", ['<= @"2026-06-01"', '>= @"2026-06-03"'], '@"2026-06-02"'),
        ("time", ['< @"18:30:00"', '> @"18:30:00"'], '@"18:30:00"'),
        (
            "date and time",
            ['<= @"2026-06-01T09:00:00"', '>= @"2026-06-01T18:30:00"'],
            '@"2026-06-01T10:00:00"',
        ),
        ("days and time duration", ['<= duration("P1D")', '> @"P3D"'], '@"P2D"'),
        ("years and months duration", ['< @"P6Y"', '> @"P6Y"'], '@"P6Y"'),
        ("Any", ["null", "<= 1", "> 2"], "1.5"),
        (None, ["<= 1", "> 1", "not(null)"], "null"),
        (None, ["<= 1", "> 2"], "1.5"),
    ],
)
def test_a_gap_is_told_with_an_example(find, make, shown, type_name, rows, example):
    given = [(row, "1") for row in rows]

    found = find("FIRST", {"x": type_name}, given)

    gaps = [each for each in found if each.rule == "table-gap"]
    assert any(f" x = {example}." in each.message for each in gaps)
    for each in gaps:
        assert matching(make("FIRST", {"x": type_name}, given), shown(each)) == []


@pytest.mark.parametrize(
    ("type_name", "rows"),
    [
        ("date", ['<= @"2026-06-01"', '>= @"2026-06-02"']),
        ("boolean", ["true", "false"]),
        (("string", '"kk", "ru"'), ['"kk"', '"ru"']),
        (("number", "[0..10]"), ["[0..5)", "[5..10]"]),
        (("number", "[0..10]", "< 8"), ["[0..8)"]),
        ("years and months duration", ['<= @"P1Y"', '>= @"P1Y1M"']),
    ],
)
def test_what_no_value_can_be_is_no_gap(find, type_name, rows):
    assert find("UNIQUE", {"x": type_name}, [(row, "1") for row in rows]) == []


def test_a_default_output_fills_the_gaps(find):
    assert find("UNIQUE", NUMBERS, [("< 18", "1")], has_default=True) == []


@pytest.mark.parametrize(
    ("policy", "aggregation", "told"),
    [
        ("UNIQUE", None, True),
        ("FIRST", None, True),
        ("COLLECT", None, False),
        ("COLLECT", "COUNT", False),
        ("COLLECT", "SUM", True),
        ("RULE ORDER", None, False),
    ],
)
def test_a_gap_is_told_where_nothing_would_come_out(find, policy, aggregation, told):
    found = find(policy, NUMBERS, [("< 18", "1")], aggregation=aggregation)

    assert (rules_of(found) == ["table-gap"]) is told


def test_two_rules_of_a_unique_table_that_match_at_once_are_told(find, make, shown):
    rows = [("< 18", "-", "1"), (">= 18", "-", "2"), ("[17..20]", '"kk"', "3")]
    inputs = {"age": "number", "language": "string"}

    found = find("UNIQUE", inputs, rows)

    assert rules_of(found) == ["table-overlap", "table-overlap"]
    assert [each.element_id for each in found] == ["rule_3", "rule_3"]
    assert [matching(make("UNIQUE", inputs, rows), shown(each)) for each in found] == [
        [1, 3],
        [2, 3],
    ]
    assert "Rules 1 and 3" in found[0].message


def test_rules_of_an_any_table_overlap_only_with_different_outputs(find):
    rows = [("< 18", '"no"'), ("< 20", '"no"'), ("> 10", '"yes"')]

    found = find("ANY", NUMBERS, rows)

    assert [each.message.split(" of ")[0] for each in found] == [
        "Rules 1 and 3",
        "Rules 2 and 3",
    ]


def test_a_rule_that_others_of_a_first_table_mask_is_told(find, make, shown):
    rows = [("< 18", "1"), (">= 20", "2"), ("[10..18)", "3"), ("-", "4"), ("19", "5")]

    found = find("FIRST", NUMBERS, rows)

    assert [(each.rule, each.element_id) for each in found] == [
        ("rule-unreachable", "rule_3"),
        ("rule-unreachable", "rule_5"),
    ]
    assert matching(make("FIRST", NUMBERS, rows), shown(found[0]))[:1] == [1]
    assert matching(make("FIRST", NUMBERS, rows), shown(found[1])) == [4, 5]


def test_a_rule_that_better_outputs_always_beat_is_told(find):
    rows = [("> 5", '"low"'), ("> 3", '"high"'), ("<= 3", '"low"')]

    found = find("PRIORITY", NUMBERS, rows, ranks=[(1,), (0,), (1,)])

    assert [(each.rule, each.element_id) for each in found] == [
        ("rule-unreachable", "rule_1")
    ]
    assert "rule 2" in found[0].message


def test_a_test_that_no_allowed_value_passes_is_told(find):
    inputs = {"language": ("string", '"kk", "ru"')}

    found = find("COLLECT", inputs, [('"kk"', "1"), ('"en"', "2")])

    assert [(each.rule, each.element_id) for each in found] == [
        ("rule-unreachable", "rule_2")
    ]
    assert 'language = "kk" does not' in found[0].message


@pytest.mark.parametrize(
    "test",
    ["> limit", "? > limit", "list contains(?, 3)", "? * 2 > 5", "this is no FEEL"],
)
def test_what_compares_with_more_than_constants_is_named_and_not_guessed(find, test):
    rows = [(test, "1"), ("[1..3]", "2"), ("> 3", "3")]

    found = find("UNIQUE", NUMBERS, rows)

    assert rules_of(found) == ["table-not-analysed"]
    assert test in found[0].message
    assert "of age" in found[0].message


def test_constants_of_two_types_are_not_analysed(find):
    assert rules_of(find("UNIQUE", {"x": None}, [("1", "1"), ('"a"', "2")])) == [
        "table-not-analysed"
    ]


def test_a_gap_beside_a_test_that_is_not_analysed_is_still_a_gap(find):
    rows = [("< 18", "f(?)", "1"), ("> 18", "-", "2")]

    found = find("UNIQUE", {"age": "number", "x": "number"}, rows)

    assert rules_of(found) == ["table-not-analysed", "table-gap"]
    assert "age = 18, x = 1" in found[1].message


def test_two_inputs_of_one_expression_have_one_value(make, tests):
    both = (Input("age", "number"), Input("age", "number"))
    rules = tuple(
        Rule(None, (tests(one), tests(other)))
        for one, other in [("> 5", "< 10"), ("<= 5", "-"), ("-", ">= 10")]
    )

    assert coverage.findings(Table(None, "P", "UNIQUE", both, rules), "x.dmn") == []


def test_a_hundred_rules_of_five_inputs_are_analysed_quickly(find):
    inputs = {f"x{n}": ("number", "[0..10)") for n in range(5)}
    rows = [
        (f"[{a}..{a + 1})", f"[{b}..{b + 1})", "-", f"[{(a * b) % 7}..10)", "-")
        for a, b in itertools.product(range(10), repeat=2)
    ]
    before = time.process_time()

    found = find("FIRST", inputs, rows)

    assert time.process_time() - before < 5
    assert rules_of(found) == ["table-gap"] * 5
    assert found[-1].message.endswith("There are more like it.")


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
def test_a_thousand_rules_that_each_name_a_school_are_analysed(find, policy):
    schools = [f'"school {number}"' for number in range(1000)]
    inputs = {"school": ("string", ", ".join(schools))}
    rows = [(school, str(number)) for number, school in enumerate(schools)]
    before = time.process_time()

    found = find(policy, inputs, [*rows[:500], *rows[501:], rows[7]])

    assert time.process_time() - before < 10
    assert ["table-gap"] == [each.rule for each in found if "500" in each.message]
    other = "table-overlap" if policy == "UNIQUE" else "rule-unreachable"
    assert sorted(each.rule for each in found) == sorted(["table-gap", other])


def test_moments_of_two_zones_are_one_where_they_are_equal(find):
    rows = [
        ('< @"2026-06-01T09:00:00@Asia/Almaty"', "1"),
        ('>= @"2026-06-01T04:00:00Z"', "2"),
        ('@"2026-06-01T09:00:00+05:00"', "3"),
    ]

    found = find("UNIQUE", {"at": "date and time"}, rows)

    assert [each.message.split(" of ")[0] for each in found] == ["Rules 2 and 3"]


def test_a_table_too_large_to_be_analysed_says_so(find, monkeypatch):
    monkeypatch.setattr(coverage, "MOST_PAIRS", 10)
    rows = [(str(n), "1") for n in range(20)]

    found = find("FIRST", NUMBERS, rows)

    assert rules_of(found) == ["table-not-analysed"]
    assert "too large" in found[0].message
