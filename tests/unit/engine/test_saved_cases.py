"""Cases that an earlier program saved go on: a file for each format ever released."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from engine_kit import Run, TestClock
from saved_keys import FROZEN, keys_of
from saved_stages import STAGES, go_on

from workflows import engine, feel
from workflows.engine import saving

SAVED = [
    pytest.param(one, id=f"{path.stem} {one['name']}")
    for path in sorted((Path(__file__).parent / "saved").glob("*.json"))
    for one in json.loads(path.read_text(encoding="utf-8"))
]
NOW = [one.values[0] for one in SAVED if json.loads(one.values[0]["saved"])["v"] == "2"]


def resumed(define, one):
    """A `Run` in the place where the saved case stood."""
    options = {key: one[key] for key in ("called", "declared") if key in one}
    case = Run.__new__(Run)
    case.definition, case.keep = define(one["drawing"], **options), False
    case.clock = TestClock()
    case.environment = feel.Environment(clock=case.clock)
    case.waiting = {UUID(token): tuple(at) for token, at in one["waiting"].items()}
    case.log, case.incidents = [], {}
    case.case = engine.Case.restore(case.definition, one["saved"], case.environment)
    return case


@pytest.mark.parametrize("one", SAVED)
def test_a_saved_case_stands_where_it_stood_and_goes_on_to_its_end(define, one):
    case = resumed(define, one)

    go_on(case, one.get("answer", {}), [UUID(token) for token in one["held"]])

    assert case.case.completed
    assert case.case.ended_by is None
    if "left" in one:
        assert json.loads(feel.dumps(case.case.variables)) == one["left"]


@pytest.mark.parametrize("one", SAVED)
def test_a_saved_case_is_saved_as_it_was(define, one):
    case = resumed(define, one)
    saved = json.loads(case.case.save())

    before = json.loads(one["saved"])
    if before["v"] == "1":  # items that only wait have moved, see `saving`
        before, saved = counted(before), counted(saved)
    assert saved == {**before, "v": saving.VERSION}


def counted(case):
    """The tokens of a case by state and what they keep, wherever they are written."""
    found = []

    def scope(one):
        for token in one.get("t", ()):
            kept = token[4] if len(token) > 4 else None
            found.append((token[0], token[2], json.dumps(kept)))
            if len(token) > 5:
                scope(token[5])
        for text in one.get("i", {}).values():
            for line in text.split("\n"):
                kept = json.dumps(json.loads(line[33:]))
                found.append((line[:32], line[32], kept))

    scope(case["top"])
    rest = {key: case[key] for key in case if key != "top"}
    return {**rest, "d": case["top"].get("d"), "tokens": sorted(found)}


def test_the_rows_of_this_version_hold_every_key_of_its_format():
    found = {}
    for one in NOW:
        for place, keys in keys_of(one["saved"]).items():
            found[place] = found.get(place, set()) | keys

    assert found == FROZEN[saving.VERSION]
    assert {one["name"] for one in NOW} == set(STAGES)


def test_every_version_that_is_read_has_rows_and_a_frozen_list_of_keys():
    saved = {json.loads(one.values[0]["saved"])["v"] for one in SAVED}

    assert saved == set(FROZEN) == saving.READ
    for one in SAVED:
        row = one.values[0]["saved"]
        allowed = FROZEN[json.loads(row)["v"]]
        assert all(keys <= allowed[place] for place, keys in keys_of(row).items())


def test_a_row_of_an_unknown_version_is_refused_and_names_it(define):
    one = {**NOW[0], "saved": NOW[0]["saved"].replace('"v":"2"', '"v":"3"')}

    with pytest.raises(engine.SavedByOther, match="3"):
        resumed(define, one)
