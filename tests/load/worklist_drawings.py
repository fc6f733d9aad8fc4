"""Procedures for the worklist bench: six steps in a row, some a supervisor's."""

import itertools

STEPS = ("receive", "check", "ask", "decide", "approve", "inform")
GROUPS = {"approve": "supervisor", "ask": "clerk,supervisor"}
# Who checked does not approve.
NOT_BY = {"approve": "check"}
KEYS = ("order_place", "order_food", "order_bus", "transfer", "order_camp")
PATHS = (
    "application.number",
    "application.language",
    "application.channel",
    "child.iin",
    "child.name",
    "applicant.iin",
    "school.bin",
)


def files() -> dict[str, dict[str, bytes]]:
    """A release of each procedure: its drawing and its procedure file."""
    return {
        key: {
            f"{key}.bpmn": _drawing(key).encode(),
            "procedure.yaml": _procedure(key).encode(),
        }
        for key in KEYS
    }


def _drawing(key: str) -> str:
    nodes = "".join(_task(step) for step in STEPS)
    flows = "".join(
        f'<bpmn:sequenceFlow id="{one}_{two}" sourceRef="{one}" targetRef="{two}"/>'
        for one, two in itertools.pairwise(("start", *STEPS, "end"))
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
        f' targetNamespace="rasim" id="definitions"><bpmn:process id="{key}"'
        f' isExecutable="true"><bpmn:startEvent id="start"/>{nodes}'
        f'<bpmn:endEvent id="end"/>{flows}</bpmn:process></bpmn:definitions>'
    )


def _task(step: str) -> str:
    groups = GROUPS.get(step, "clerk")
    return (
        f'<bpmn:userTask id="{step}" name="{step}"><bpmn:extensionElements>'
        f'<zeebe:assignmentDefinition candidateGroups="{groups}"/>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )


def _procedure(key: str) -> str:
    names = f"{{ kk: {key}, ru: {key}, en: {key} }}"
    searched = "".join(f"  - path: {path}\n    names: {names}\n" for path in PATHS)
    return (
        f"process: {key}\nnames: {names}\n"
        f"act:\n  id: bench\n  title: {names}\n  numbers: ['1']\n"
        "  dates: ['2026-01-01']\nnorms: []\nsubject: child.name\n"
        f"search_variables:\n{searched}"
    )
