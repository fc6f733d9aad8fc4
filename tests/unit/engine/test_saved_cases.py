"""Cases that an earlier program saved go on: a file for each format ever released."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from engine_kit import Run

from workflows import engine

SAVED = [
    one
    for path in sorted((Path(__file__).parent / "saved").glob("*.json"))
    for one in json.loads(path.read_text(encoding="utf-8"))
]


def resumed(definition, one):
    """A `Run` in the place where the saved case stood."""
    case = Run(definition, {"other": 1}, keep=False)
    case.case = engine.Case.restore(definition, one["saved"], case.environment)
    case.waiting = {UUID(token): tuple(at) for token, at in one["waiting"].items()}
    case.incidents = {}
    case.log = []
    return case


@pytest.mark.parametrize("one", SAVED, ids=lambda one: one["name"])
def test_a_saved_case_stands_where_it_stood_and_goes_on_to_its_end(define, one):
    case = resumed(define(one["drawing"]), one)
    assert case.case.variables["key"] == "K"

    for token in map(UUID, one["held"]):
        case.case.retry(token, {"other": 2})
        case.after()
    for _ in range(10):
        if case.case.completed:
            break
        token, (kind, _) = next(iter(case.waiting.items()))
        if kind in ("task", "job"):
            case.case.finish(token, {})
        else:
            del case.waiting[token]
            come = case.case.fire if kind == "timer" else case.case.deliver
            come(token) if kind == "timer" else come(token, {})
        case.after()

    assert case.case.completed
    assert case.case.ended_by is None


@pytest.mark.parametrize("one", SAVED, ids=lambda one: one["name"])
def test_a_saved_case_is_saved_as_it_was(define, one):
    case = resumed(define(one["drawing"]), one)

    assert json.loads(case.case.save()) == json.loads(one["saved"])
