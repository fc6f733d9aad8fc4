"""Scenarios of cases that events start, and of signals."""

import json

from tests.drawn import ask, line, step
from workflows import scenarios

NAMES = {"kk": "Рәсім", "ru": "Процедура", "en": "Procedure"}
AT = "2027-04-05T10:00:00+05:00"
SIGNAL = '<bpmn:signal id="s" name="Stop"/><bpmn:message id="m" name="Come"/>'
ON_SIGNAL = '<bpmn:signalEventDefinition signalRef="s"/>'


def mismatches(told):
    procedure = {
        "process": "p",
        "names": NAMES,
        "act": {"id": "act", "title": NAMES, "numbers": ["1"], "dates": []},
        "norms": ["ADM-1"],
        "scenarios": [{"name": "Story", "at": AT, "answers": {}} | told],
    }
    begins = step(
        "startEvent", "begin", body='<bpmn:messageEventDefinition messageRef="m"/>'
    )
    waits = step("intermediateCatchEvent", "w", body=ON_SIGNAL)
    drawn = {
        "p.bpmn": line("p", waits, ask("it"), start=begins, besides=SIGNAL),
        "procedure.yaml": json.dumps(procedure).encode(),
    }
    (outcome,) = scenarios.run(drawn).outcomes
    return [str(one.actual) for one in outcome.mismatches]


def test_a_story_begins_with_an_event_and_goes_on_by_a_signal():
    told = {
        "start_event": "begin",
        "start": {"n": 1},
        "steps": [
            {"expect": {"awaited": ["Stop"], "completed": ["begin"]}},
            {"signal": "Stop", "variables": {"why": "law"}},
            {"signal": "Stop", "received": 0},
        ],
        "expect": {"tasks": ["it"], "awaited": [], "variables": {"n": 1, "why": "law"}},
    }

    assert mismatches(told) == []


def test_a_story_without_its_start_event_stops_with_the_reason():
    (found,) = mismatches({"expect": {}})

    assert "only an event can start p" in found


def test_a_signal_that_nobody_awaits_stops_the_story():
    told = {"start_event": "begin", "steps": [{"signal": "Go"}], "expect": {}}

    (found,) = mismatches(told)

    assert "Go is awaited 0 times, not 1" in found


def test_a_message_is_no_signal_of_the_same_name():
    told = {"start_event": "begin", "steps": [{"deliver": "Stop"}], "expect": {}}

    (found,) = mismatches(told)

    assert "Stop is awaited 0 times" in found
