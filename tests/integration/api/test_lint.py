"""Linting over the API: the rules of a deployment, and nothing is stored."""

from pathlib import Path

import pytest

PATH = "/api/v1/lint"
ROOT = Path(__file__).resolve().parents[3]
ADMISSION = ROOT / "bpmn/first_grade_admission/first_grade_admission.bpmn"
FORM = ROOT / "forms/first_grade_admission/decision.form.json"
PROCEDURE = ROOT / "bpmn/first_grade_admission/procedure.yaml"

DRAWING = """<bpmn:definitions targetNamespace="t"
  xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
  <bpmn:process id="linted" isExecutable="true">
    <bpmn:startEvent id="s"/>
    <bpmn:exclusiveGateway id="g" default="g_b"/>
    <bpmn:userTask id="a"><bpmn:extensionElements>{a}</bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:userTask id="b"/>
    <bpmn:{join} id="j"/>
    <bpmn:endEvent id="e"/>
    <bpmn:sequenceFlow id="s_g" sourceRef="s" targetRef="g"/>
    <bpmn:sequenceFlow id="g_a" sourceRef="g" targetRef="a">
      <bpmn:conditionExpression>{condition}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="g_b" sourceRef="g" targetRef="b"/>
    <bpmn:sequenceFlow id="a_j" sourceRef="a" targetRef="j"/>
    <bpmn:sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
    <bpmn:sequenceFlow id="j_e" sourceRef="j" targetRef="e"/>
  </bpmn:process>
</bpmn:definitions>"""


def drawing(condition="=x", join="exclusiveGateway", a=""):
    return DRAWING.format(condition=condition, join=join, a=a).encode()


GROUP = '<zeebe:assignmentDefinition candidateGroups="nobody"/>'
UNKNOWN_FORM = '<zeebe:formDefinition formId="linted.unknown"/>'
CALLED = drawing().replace(
    b'<bpmn:userTask id="b"/>',
    b'<bpmn:callActivity id="b"><bpmn:extensionElements>'
    b'<zeebe:calledElement processId="linted.unknown"/>'
    b"</bpmn:extensionElements></bpmn:callActivity>",
)
SETS = {
    "sound": {"a.bpmn": drawing()},
    "a condition that is none": {"a.bpmn": drawing('="yes"')},
    "a join that is never full": {"a.bpmn": drawing(join="parallelGateway")},
    "a way that is never taken": {"a.bpmn": drawing("=false", a=GROUP)},
    "an unknown form": {"a.bpmn": drawing(a=UNKNOWN_FORM)},
    "an unknown process": {"a.bpmn": CALLED},
    "two files": {"a.bpmn": drawing(), "b.bpmn": drawing()},
    "an unknown office": {
        "a.bpmn": drawing(),
        "procedure.yaml": b"""
process: linted
names: {kk: P, ru: P, en: P}
act: {id: a, title: {kk: A, ru: A, en: A}, numbers: [], dates: []}
norms: []
office: nowhere
""",
    },
    "a start that cannot be": {
        "a.bpmn": drawing().replace(
            b'<bpmn:startEvent id="s"/>',
            b'<bpmn:startEvent id="s"><bpmn:timerEventDefinition><bpmn:timeDate>'
            b"=abs(5)</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:startEvent>",
        )
    },
    "no drawing": {"a.bpmn": b"\xff\xfe\x00", "b.form.json": b"", "c.txt": b"x"},
}


@pytest.fixture
def designer(callers):
    return callers["designer"]


@pytest.mark.parametrize("files", SETS.values(), ids=SETS)
def test_lint_says_what_a_deployment_says(designer, files):
    linted = designer.post_files(PATH, files)
    deployed = designer.post_files("/api/v1/deployments", files)

    assert linted.status_code == 200
    assert linted.json["findings"] == deployed.json["findings"]
    assert linted.json["deployable"] == (deployed.status_code == 201)


def test_each_finding_names_file_element_rule_and_mend(designer):
    answer = designer.post_files(PATH, {"a.bpmn": drawing(join="parallelGateway")})

    (finding,) = answer.json["findings"]
    assert finding["file"] == "a.bpmn"
    assert finding["element_id"] == "j"
    assert finding["rule"] == "join-never-full"
    assert finding["severity"] == "error"
    assert "exclusive gateway" in finding["message"]


def test_nothing_is_stored(designer):
    before = designer.get("/api/v1/definitions").json["total"]
    files = {"a.bpmn": drawing().replace(b'"linted"', b'"never_stored"')}

    answer = designer.post_files(PATH, files)

    assert answer.json == {"findings": [], "deployable": True}
    assert designer.get("/api/v1/definitions").json["total"] == before
    assert designer.get("/api/v1/definitions/never_stored").status_code == 404


def test_a_form_that_is_stored_is_known(designer, released):
    answer = designer.post_files(PATH, [ADMISSION, PROCEDURE])

    assert answer.json == {"findings": [], "deployable": True}


def test_the_admission_has_nothing_to_mend(designer):
    answer = designer.post_files(PATH, [ADMISSION, FORM, PROCEDURE])

    assert answer.json == {"findings": [], "deployable": True}


@pytest.mark.parametrize("login", ["clerk", "supervisor", "program"])
def test_only_who_draws_may_lint(callers, login):
    assert callers[login].post_files(PATH, {"a.bpmn": b"x"}).status_code == 403


def test_what_is_no_upload_is_refused(designer):
    assert designer.post(PATH, {"a": 1}).status_code == 415
    assert designer.post_files(PATH, {}).status_code in (415, 422)


def test_lint_takes_no_key_as_it_stores_nothing(client):
    told = client.get("/api/v1/openapi.json").json["paths"][PATH]["post"]

    assert "parameters" not in told
    assert "multipart/form-data" in told["requestBody"]["content"]
