"""docs/add-a-procedure.md to the letter: its files, its commands, its case."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from tests.integration.api.callers import csrf_of, make_caller, signed_in
from workflows.model import Role

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "add-a-procedure.md").read_text("utf-8")
FILE = re.compile(r"^```(?:xml|json|yaml) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of the guide, where it says that they are."""
    folder = tmp_path_factory.mktemp("guide")
    for name, content in FILE.findall(GUIDE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


@pytest.fixture(scope="module")
def said(folder, app, settings, callers):
    """What each command of the guide answered, in their order."""
    environment = {
        "DATABASE_URL": settings.database_url,
        "RASIM_DATA": str(settings.data),
        "RASIM_SECRET_KEY": "x" * 40,
    }
    commands = [
        line.split("#")[0].split()
        for block in SHELL.findall(GUIDE)
        for line in block.splitlines()
        if line.startswith("rasim ")
    ]
    patch = pytest.MonkeyPatch()
    patch.chdir(folder)
    answers = {
        words[1]: CliRunner().invoke(main, words[1:], env=environment)
        for words in commands
    }
    patch.undo()
    return answers


@pytest.fixture(scope="module")
def clerks(app, store, callers):
    """Two clerks of one school, each with a browser of their own."""
    colleague = make_caller(app, store, "colleague", Role.CLERK, "school-1")
    return {one.login: signed_in(one, "ru") for one in (callers["clerk"], colleague)}


def test_the_guide_has_every_file_that_it_lists(folder):
    listed = re.search(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)[1]
    names = {line.split()[0] for line in listed.splitlines()}

    assert names == {name for name, _ in FILE.findall(GUIDE)}
    assert len(names) == 4


def test_its_commands_find_nothing_to_mend_and_release_it(said):
    assert list(said) == ["lint", "test", "deploy"]
    for result in said.values():
        assert result.exit_code == 0, result.output
    assert said["lint"].output == "Nothing to mend.\n"
    assert "2 scenarios, all passed" in said["test"].output
    assert "measure_report: 6 of 6 flows visited" in said["test"].output
    assert "process measure_report version 1" in said["deploy"].output


def test_a_case_goes_from_one_clerk_to_another(said, app, callers, clerks):
    body = re.search(r"-d '(.*?)'\n```", GUIDE, re.DOTALL)[1]
    told = json.loads(body.replace("""'"$OFFICE"'""", "school-1"))
    begun = callers["program"].post("/api/v1/instances", told)
    assert begun.status_code == 201, begun.text

    (report,) = _tasks(callers, begun)
    assert report["deadline_at"] == "2027-07-05T13:30:00+00:00"
    page = clerks["clerk"].get(f"/tasks/{report['id']}").text
    for words in (
        "Представить отчёт",
        "Укажите, что сделано за полугодие по мероприятию № 1.",
        "Ответственный орган",
        "Что сделано",
    ):
        assert words in page

    answers = {"report.done": "Жүйе іске қосылды", "report.share": "40"}
    assert _send(clerks["clerk"], report, answers).status_code == 422
    answers["report.reason"] = "Қаржы кешікті"
    assert _send(clerks["clerk"], report, answers).status_code == 302

    (accept,) = _tasks(callers, begun)
    assert accept["element_id"] == "accept"
    own = _send(clerks["clerk"], accept, {"acceptance.accepted": "true"})
    assert own.status_code == 403
    other = _send(clerks["colleague"], accept, {"acceptance.accepted": "true"})
    assert other.status_code == 302, other.text

    case = callers["program"].get(f"/api/v1/instances/{begun.json['id']}").json
    assert case["variables"]["acceptance"] == {"accepted": True, "remark": None}
    jobs = callers["administrator"].get(
        "/api/v1/jobs", instance_id=begun.json["id"], type="notify"
    )
    assert [job["element_id"] for job in jobs.json["items"]] == ["tell"]


def _tasks(callers, begun):
    found = callers["clerk"].get("/api/v1/tasks", instance_id=begun.json["id"])
    return found.json["items"]


def _send(browser, task, answers):
    token = csrf_of(browser.get(f"/tasks/{task['id']}"))
    return browser.post(f"/tasks/{task['id']}", data=answers | {"csrf_token": token})
