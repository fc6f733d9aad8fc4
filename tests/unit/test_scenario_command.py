"""`rasim test`: what it says, and how it exits."""

import json
import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from server.commands.test import command, with_forms

ROOT = Path(__file__).parents[2]
NAMES = {"kk": "Рәсім", "ru": "Процедура", "en": "Procedure"}


def written(folder: Path, *stories: dict[str, Any]) -> Path:
    """`folder` with a drawing and a procedure.yaml that tells `stories` of it."""
    procedure = {
        "process": "least",
        "names": NAMES,
        "act": {"id": "act", "title": NAMES, "numbers": ["1"], "dates": []},
        "norms": ["ADM-1"],
        "defaults": {
            "at": "2027-04-02T16:00:00+05:00",
            "start": {"number": "A-1"},
            "answers": {"notify": {"result": {"count": 1}}},
        },
        "scenarios": [
            {"name": f"Story {n}", "expect": {}} | one for n, one in enumerate(stories)
        ],
    }
    (folder / "procedure.yaml").write_text(json.dumps(procedure), "utf-8")
    shutil.copy(Path(__file__).with_name("least.bpmn"), folder)
    return folder


def test_every_procedure_tells_stories_that_hold_and_come_everywhere():
    result = CliRunner().invoke(command, ["--strict", str(ROOT / "bpmn")])

    assert result.exit_code == 0, result.output
    assert "all passed" in result.output


def test_the_command_tells_what_failed_and_exits_with_1(tmp_path):
    folder = written(tmp_path, {"expect": {"ended": ["done"]}}, {"name": "Good"})

    result = CliRunner().invoke(command, [str(folder)])

    assert result.exit_code == 1
    assert "FAILED  Story 0" in result.output
    assert "expected: [done]" in result.output
    assert "came:     []" in result.output
    assert "passed  Good" in result.output
    assert "warning mend: no scenario comes here" in result.output
    assert "2 scenarios, 1 failed" in result.output


def test_a_place_that_no_story_comes_to_fails_only_where_that_is_asked(tmp_path):
    folder = written(tmp_path, {"name": "Good"})

    assert CliRunner().invoke(command, [str(folder)]).exit_code == 0
    assert CliRunner().invoke(command, ["--strict", str(folder)]).exit_code == 1


def test_the_command_gives_json_for_programs(tmp_path):
    folder = written(tmp_path, {"expect": {"ended": ["done"]}})

    result = CliRunner().invoke(command, ["--json", str(folder)])
    told = json.loads(result.output)

    assert result.exit_code == 1
    assert told["passed"] is False
    assert told["scenarios"][0]["mismatches"][0]["what"] == "ended"
    assert "mend" in told["coverage"][0]["missed_elements"]


def test_the_command_tells_findings_of_files_that_would_not_be_released(tmp_path):
    (written(tmp_path, {}) / "least.bpmn").write_text("no drawing")

    result = CliRunner().invoke(command, [str(tmp_path)])

    assert result.exit_code == 1
    assert "least.bpmn" in result.output


def test_the_forms_beside_a_folder_of_drawings_are_taken_along(tmp_path):
    drawings = tmp_path / "bpmn" / "least"
    forms = tmp_path / "forms" / "least"
    for folder in (drawings, forms):
        folder.mkdir(parents=True)

    assert with_forms([drawings]) == [drawings.resolve(), forms.resolve()]
    assert with_forms([tmp_path / "bpmn"]) == [
        (tmp_path / "bpmn").resolve(),
        (tmp_path / "forms").resolve(),
    ]
