"""procedure.yaml: read strictly, every fault named with its path."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflows import procedure_file
from workflows.model import InstanceState
from workflows.norms import Norms
from workflows.procedure_file import ProcedureFileRefused

BPMN = Path(__file__).parents[2] / "bpmn"
ADMISSION = BPMN / "first_grade_admission" / "procedure.yaml"

NAMES = {"kk": "Рәсім", "ru": "Процедура", "en": "Procedure"}
LEAST: dict[str, Any] = {
    "process": "least",
    "names": NAMES,
    "act": {"id": "act", "title": NAMES, "numbers": ["1"], "dates": ["2026-03-31"]},
    "norms": ["ADM-1"],
}
SCENARIO = {
    "name": "It ends",
    "at": "2027-04-05T10:00:00+05:00",
    "expect": {"state": "completed"},
}


def dump(tree: dict[str, Any]) -> str:
    """YAML without aliases: a copy through JSON shares nothing."""
    return yaml.safe_dump(json.loads(json.dumps(tree)), allow_unicode=True)


def text_of(**changed: Any) -> str:
    return dump(LEAST | changed)


def read(text: str) -> procedure_file.ProcedureFile:
    return procedure_file.read(text, "procedure.yaml")


def refusal(text: str) -> str:
    with pytest.raises(ProcedureFileRefused) as caught:
        read(text)
    assert caught.value.findings
    assert all(one.file == "procedure.yaml" for one in caught.value.findings)
    assert all(one.severity == "error" for one in caught.value.findings)
    return "\n".join(one.message for one in caught.value.findings)


def test_the_least_file_is_read():
    found = read(text_of())

    assert found.key == "least"
    assert found.names == NAMES
    assert found.scenarios == []
    assert found.configuration_values() == {}


def test_the_admission_gives_its_settings_to_every_case():
    found = procedure_file.read(ADMISSION.read_bytes(), "procedure.yaml")

    assert found.configuration_values() == {
        "service_working_days": 1,
        "order_month": 8,
        "order_day": 25,
        "intake_opens": "04-01",
        "intake_closes": "08-31",
    }
    assert found.roles["lane_school"] == "clerk"


def test_everything_that_an_application_for_admission_tells_has_a_word():
    found = procedure_file.read(ADMISSION.read_bytes(), "procedure.yaml")
    called = {each.path for each in found.variables}
    told = {
        f"{name}.{key}"
        for scenario in found.scenarios
        for name, held in scenario.start.items()
        for key in held
    }

    assert told
    assert told <= called


def test_every_norm_of_the_admission_exists_and_every_setting_rests_on_one():
    found = procedure_file.read(ADMISSION.read_bytes(), "procedure.yaml")
    norms = Norms.load(BPMN)

    assert {norm for norm in found.norms if norm not in norms} == set()
    assert {one.norm for one in found.settings} <= set(found.norms)
    assert norms.get("ADM-4.1").act.numbers == found.act.numbers


def test_every_norm_that_the_drawing_names_is_listed_in_the_file():
    found = procedure_file.read(ADMISSION.read_bytes(), "procedure.yaml")
    drawing = ADMISSION.with_name("first_grade_admission.bpmn").read_text("utf-8")
    parts = drawing.split('name="norm" value="')[1:]
    drawn = {norm for part in parts for norm in part.split('"')[0].split()}

    assert drawn <= set(found.norms)


def test_a_scenario_takes_what_it_leaves_out_from_the_defaults():
    found = read(
        text_of(
            defaults={
                "at": "2027-04-05T10:00:00+05:00",
                "start": {"child": {"name": "Үлгі", "iin": "1"}},
                "answers": {"a": {"result": {}}, "b": {"result": {"ok": True}}},
            },
            scenarios=[
                {
                    "name": "It ends",
                    "start": {"child": {"iin": "2"}},
                    "answers": {"a": {"refusal": "no"}},
                    "expect": {},
                }
            ],
        )
    )
    scenario = found.scenarios[0]

    assert scenario.at == datetime.fromisoformat("2027-04-05T10:00:00+05:00")
    assert scenario.start == {"child": {"name": "Үлгі", "iin": "2"}}
    assert scenario.answers["a"].refusal == "no"
    assert scenario.answers["b"].result == {"ok": True}


def test_a_step_keeps_its_verb_and_what_goes_with_it():
    step = {"deliver": "withdrawn", "key": "A-1", "received": 0}
    found = read(text_of(scenarios=[SCENARIO | {"steps": [step]}]))
    kept = found.scenarios[0].steps[0]

    assert (kept.verb, kept.of, kept.key, kept.received) == (
        "deliver",
        "withdrawn",
        "A-1",
        0,
    )
    assert found.scenarios[0].expect.state is InstanceState.COMPLETED


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0105", "0105"),  # octal in YAML 1.1
        ("18:30", "18:30"),  # sexagesimal in YAML 1.1
        ("no", "no"),  # false in YAML 1.1
        ("2027-04-05", "2027-04-05"),  # a date in YAML 1.1
        ("1_000", "1_000"),  # an int in YAML 1.1
        ("25", 25),
        ("0.5", 0.5),
        ("true", True),
        ("null", None),
    ],
)
def test_a_value_is_what_it_looks_like(written, meant):
    setting = f"""
configuration:
  - {{name: x, value: {written}, norm: BA-1.11, source: s, confidence: A}}
"""

    value = read(text_of() + setting).configuration_values()["x"]

    assert value == meant
    assert type(value) is type(meant)


def without(name: str) -> str:
    return dump({key: value for key, value in LEAST.items() if key != name})


@pytest.mark.parametrize("name", list(LEAST))
def test_what_must_be_there_is_named(name):
    assert f"{name}: missing data" in refusal(without(name))


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"colour": "red"}, "colour: unknown field"),
        ({"names": {"kk": "Рәсім", "ru": "Процедура"}}, "names.en: missing data"),
        ({"names": NAMES | {"de": "x"}}, "names.de: unknown field"),
        ({"roles": {"lane": "king"}}, "roles.lane.value: must be one of"),
        (
            {"scenarios": [SCENARIO | {"expect": {"stat": "completed"}}]},
            "scenarios.0.expect.stat: unknown field",
        ),
        (
            {"scenarios": [SCENARIO | {"expect": {"state": "done"}}]},
            "scenarios.0.expect.state: must be one of",
        ),
        (
            {"scenarios": [SCENARIO | {"at": "2027-04-05T10:00:00"}]},
            "scenarios.0.at: write a date, a time and an offset",
        ),
        (
            {"scenarios": [{"name": "x", "expect": {}}]},
            "scenarios.0.at: tell when the case starts",
        ),
        (
            {"scenarios": [SCENARIO | {"steps": [{"advance": "soon"}]}]},
            'scenarios.0.steps.0.advance: the term "soon" cannot be read',
        ),
        (
            {"scenarios": [SCENARIO | {"steps": [{"key": "A-1"}]}]},
            "scenarios.0.steps.0: write one of complete, advance",
        ),
        (
            {"scenarios": [SCENARIO | {"steps": [{"advance": "P1D", "key": "A"}]}]},
            "scenarios.0.steps.0: advance does not take key",
        ),
        (
            {"scenarios": [SCENARIO | {"answers": {"a": {"times": 2, "fault": "x"}}}]},
            "scenarios.0.answers.a.value: with `times` go",
        ),
        (
            {"scenarios": [SCENARIO | {"answers": {"a": {}}}]},
            "scenarios.0.answers.a.value: write one of result",
        ),
        ({"scenarios": [SCENARIO, SCENARIO]}, "scenarios: 'It ends' is there twice"),
    ],
)
def test_a_fault_is_told_with_its_path(changed, path):
    assert path in refusal(text_of(**changed))


def test_every_fault_is_told_at_once():
    told = refusal(text_of(colour="red", roles={"lane": "king"}, norms="ADM-1"))

    assert len(told.splitlines()) == 3


def test_a_setting_that_is_there_twice_is_refused():
    setting = {
        "name": "days",
        "value": 1,
        "norm": "BA-1.11",
        "source": "s",
        "confidence": "B",
    }

    assert "configuration: 'days' is there twice" in refusal(
        text_of(configuration=[setting, setting])
    )


def test_a_key_that_is_there_twice_is_refused_with_its_line():
    told = refusal(text_of() + "norms: [ADM-2.1]\n")

    assert "'norms' is there twice" in told
    assert "line" in told


def test_aliases_are_refused_so_that_no_file_unfolds_into_gigabytes():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"

    assert "aliases are not allowed" in refusal(bomb)


@pytest.mark.parametrize(
    "text", ["", "- a list", "a: [", "!!python/object/apply:os.getcwd []", "a: \x00"]
)
def test_what_is_no_mapping_is_refused(text):
    assert refusal(text)


def test_a_file_that_is_too_large_is_refused():
    assert "over" in refusal("# " + "x" * 600_000)


def test_a_file_that_is_nested_too_deep_is_refused():
    assert "nested too deep" in refusal("a: " + "[" * 5_000 + "]" * 5_000)
