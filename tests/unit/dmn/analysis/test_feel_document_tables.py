"""The decision tables of docs/feel.md decide as it says."""

from datetime import UTC, datetime

import pytest

from tests import decision_tables, feel_document
from tests.feel_document import Shown
from workflows import dmn, feel
from workflows.feel.operators import same

TABLES = list(feel_document.tables("dmn"))
ANALYSED = list(feel_document.tables("dmn analysis"))


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 4, 1, 4, 0, tzinfo=UTC)


def drawn(shown: Shown) -> bytes:
    return decision_tables.model(
        shown.policy,
        [decision_tables.Input(name) for name in shown.inputs],
        decision_tables.Output(shown.output, shown.values),
        shown.rows,
    )


def constant(parser: feel.Parser, text: str) -> feel.Value:
    return feel.constant_value(parser.parse(text), text)


@pytest.mark.parametrize("shown", TABLES, ids=[each.output for each in TABLES])
def test_every_table_decides_as_the_document_says(shown: Shown, parser: feel.Parser):
    source = drawn(shown)
    model = dmn.read(source, "document.dmn", parser)
    definitions = dmn.load(source, model.trees)
    environment = feel.Environment(StoppedClock())

    assert model.errors == ()
    assert len(shown.below) > 1
    for line in shown.below:
        given, _, expected = line.partition(" => ")
        pairs = (pair.partition(" = ") for pair in given.split(", "))
        values = {name: constant(parser, text) for name, _, text in pairs}
        outcome = definitions.evaluate(shown.output, values, environment)
        assert same(outcome.value, constant(parser, expected)), (line, outcome)


@pytest.mark.parametrize("shown", ANALYSED, ids=[each.output for each in ANALYSED])
def test_the_analysis_tells_what_the_document_says(shown: Shown, parser: feel.Parser):
    found = dmn.read(drawn(shown), "document.dmn", parser).findings

    assert tuple(each.message for each in found) == shown.below


def test_every_hit_policy_that_decides_is_shown():
    assert {each.policy for each in TABLES} >= {"U", "F", "P", "C", "C+"}
