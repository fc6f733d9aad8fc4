"""`rasim lint` as a command: its table, its JSON, its exit codes, files of any kind."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main

sys.path.append(str(Path(__file__).parent / "engine"))

from engine_kit import BASE, drawing, el, els, flows  # found by the line above

ROOT = Path(__file__).resolve().parents[2]
ADMISSION = ROOT / "bpmn" / "first_grade_admission"
FORMS = ROOT / "forms" / "first_grade_admission"


def choice(first):
    """Two ways behind a gateway."""
    return (
        BASE
        + el("exclusiveGateway", "g", default="g_b")
        + els("task:a,b")
        + flows("s->g", f"g->a ? ={first}", "g->b", "a->e", "b->e")
    )


@pytest.fixture
def lint(monkeypatch, tmp_path):
    monkeypatch.setenv("RASIM_DATA", str(tmp_path / "data"))

    def run(*paths, **options):
        return CliRunner().invoke(main, ["lint", *map(str, paths)], **options)

    return run


def test_the_admission_has_nothing_to_mend(lint):
    result = lint(ADMISSION, FORMS)

    assert (result.exit_code, result.output) == (0, "Nothing to mend.\n")


def test_findings_are_a_table_and_an_error_gives_exit_code_1(lint, tmp_path):
    wrong = drawing(choice('"yes"') + els("userTask:lost") + flows("lost->lost"))
    (tmp_path / "d.bpmn").write_bytes(wrong)

    result = lint(tmp_path / "d.bpmn")

    lines = [line.split() for line in result.output.splitlines()]
    assert result.exit_code == 1
    assert lines[0] == ["d.bpmn:g_a", "error", "condition-not-boolean"]
    assert ["d.bpmn:lost", "warning", "unreachable"] in lines
    assert "1 error, 1 warning." in result.output
    assert "refuse" in result.output
    assert "\x1b[" not in result.output


def test_findings_are_coloured_on_a_terminal(lint, tmp_path):
    (tmp_path / "d.bpmn").write_bytes(drawing(BASE))

    assert "\x1b[33m" in lint(tmp_path / "d.bpmn", color=True).output


def test_findings_as_json(lint, tmp_path):
    (tmp_path / "d.bpmn").write_bytes(drawing(choice("false")))

    result = lint(tmp_path / "d.bpmn", "--json")

    said = json.loads(result.output)
    assert result.exit_code == 0
    assert said["deployable"] is True
    assert [one["rule"] for one in said["findings"]] == ["condition-never"]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("d.bpmn", bytes(range(256)), "xml-malformed"),
        ("d.bpmn", b"", "xml-malformed"),
        ("d.bpmn", b"<a", "xml-malformed"),
        ("d.bpmn", b"<a/>", "not-bpmn"),
        ("d.bpmn", b"<a>" * 100_000, "xml-too-deep"),
        ("d.form.json", bytes(range(256)), "json"),
        ("d.form.json", b"", "json"),
        ("d.form.json", b"[" * 100_000, "json"),
        ("procedure.yaml", bytes(range(128, 256)), "procedure-file"),
        ("procedure.yaml", b"", "procedure-file"),
        ("notes.txt", b"x", "file-kind"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding(lint, tmp_path, name, content, rule):
    (tmp_path / name).write_bytes(content)

    result = lint(tmp_path / name, "--json")

    assert result.exit_code == 1
    assert [one["rule"] for one in json.loads(result.output)["findings"]] == [rule]


def test_utf_16_is_read(lint, tmp_path):
    text = drawing(BASE + flows("s->e")).decode()
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    (tmp_path / "d.bpmn").write_bytes((head + text).encode("utf-16"))

    assert lint(tmp_path / "d.bpmn").exit_code == 0


def test_no_file_and_no_folder_are_wrong_usage(lint, tmp_path):
    assert lint(tmp_path).exit_code == 2
    assert lint(tmp_path / "nowhere").exit_code == 2
    assert lint().exit_code == 2


def test_an_unreadable_file_is_wrong_usage(lint, tmp_path, monkeypatch):
    (tmp_path / "d.bpmn").write_bytes(b"x")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = lint(tmp_path / "d.bpmn")

    assert result.exit_code == 2
    assert "Permission denied" in result.output
