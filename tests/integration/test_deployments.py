"""Releases: versions by content, one whole or nothing, findings that tell the mend."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa

from integrations.connectors import HttpConnectors
from server import bootstrap
from tests.drawn import ask, line, step
from workflows import deployments, feel, incidents, instances, jobs
from workflows.deployments import Release
from workflows.model import DeploymentRefused, NotFound
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import definition_versions, releases
from workflows.store.tables import jobs as job_rows
from workflows.world import World

DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:process id="{key}" name="Сынақ" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    {element}
    <bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="it"/>
    <bpmn:sequenceFlow id="f2" sourceRef="it" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"""
JOB = (
    '<bpmn:serviceTask id="it"><bpmn:extensionElements>'
    '<zeebe:taskDefinition type="{type}"/></bpmn:extensionElements></bpmn:serviceTask>'
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'
)


def drawing(element: str = '<bpmn:task id="it"/>', key: str = "test") -> bytes:
    return DRAWING.format(element=element, key=key).encode()


def release(store: Store, world: World, **files: bytes) -> Release:
    named = {name.replace("__", "."): content for name, content in files.items()}
    with store.transaction() as tx:
        return deployments.release(tx, world, None, named)


def test_a_part_that_did_not_change_keeps_its_version(
    store: Store, world: World
) -> None:
    first = release(store, world, a__bpmn=drawing(key="a"), b__bpmn=drawing(key="b"))
    changed = drawing('<bpmn:manualTask id="it"/>', key="b")

    again = release(store, world, a__bpmn=drawing(key="a"), b__bpmn=drawing(key="b"))
    second = release(store, world, a__bpmn=drawing(key="a"), b__bpmn=changed)

    with store.transaction() as tx:
        listed = deployments.definitions(tx, limit=1)

    assert again.id == first.id
    assert listed.total > len(listed.items)
    assert {part.key: part.version for part in second.definitions} == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("content", "rule", "element"),
    [
        (drawing('<bpmn:complexGateway id="it"/>'), "element-not-run", "it"),
        (
            drawing(
                '<bpmn:scriptTask id="it"><bpmn:script>x = 1</bpmn:script>'
                "</bpmn:scriptTask>"
            ),
            None,
            "it",
        ),
        (
            drawing(
                '<bpmn:task id="it"><bpmn:extensionElements><zeebe:magic/>'
                "</bpmn:extensionElements></bpmn:task>"
            ),
            None,
            "it",
        ),
        (BOMB.encode(), "xml-doctype", None),
        (b"<not", "xml-malformed", None),
    ],
)
def test_what_does_not_run_is_refused_and_nothing_is_stored(
    store: Store, world: World, content: bytes, rule: str | None, element: str | None
) -> None:
    before = _counts(store)

    with pytest.raises(DeploymentRefused) as refused:
        release(store, world, good__bpmn=drawing(key="good"), bad__bpmn=content)

    found = [one for one in refused.value.findings if one.severity == "error"]
    assert {one.file for one in found} == {"bad.bpmn"}
    assert element in {one.element_id for one in found}
    assert rule is None or rule in {one.rule for one in found}
    assert all(len(one.message) > 20 for one in found)
    assert _counts(store) == before


def test_a_form_that_nobody_brings_is_refused_at_its_task(
    store: Store, world: World
) -> None:
    task = (
        '<bpmn:userTask id="it"><bpmn:extensionElements>'
        '<zeebe:formDefinition formId="no.such"/></bpmn:extensionElements>'
        "</bpmn:userTask>"
    )

    with pytest.raises(DeploymentRefused) as refused:
        release(store, world, a__bpmn=drawing(task))

    (finding,) = refused.value.findings
    assert (finding.element_id, finding.rule) == ("it", "form-unknown")


def test_files_of_other_kinds_and_empty_releases_are_refused(
    store: Store, world: World
) -> None:
    for files in ({"a__txt": b"hello"}, {}):
        with pytest.raises(DeploymentRefused):
            release(store, world, **files)


def test_a_job_that_no_connector_does_is_warned_of_and_becomes_an_incident(
    store: Store, world: World, callers: Mapping[str, Caller]
) -> None:
    world = replace(world, job_types=bootstrap.JOB_TYPES)
    stored = release(
        store, world, fax__bpmn=drawing(JOB.format(type="fax.send"), "fax")
    )
    with store.transaction() as tx:
        case = instances.start(
            tx, world, callers["portal"], process_key="fax", variables={}
        )
        job_id = tx.scalar(
            sa.select(job_rows.c.id).where(job_rows.c.instance_id == case.id)
        )

    outside = HttpConnectors("http://127.0.0.1:9")
    jobs.perform(store, world, outside, uuid.UUID(str(job_id)))
    outside.close()

    assert [one.rule for one in stored.findings] == ["job-type-unknown"]
    with store.transaction() as tx:
        (found,) = incidents.search(tx, callers["admin"], instance_id=case.id).items
    assert "fax.send" in found.message


def test_an_unknown_process_or_a_value_that_is_no_number_starts_nothing(
    store: Store, world: World, callers: Mapping[str, Caller]
) -> None:
    release(store, world, a__bpmn=drawing(key="a"))

    with pytest.raises(NotFound), store.transaction() as tx:
        instances.start(tx, world, callers["portal"], process_key="no", variables={})
    with pytest.raises(feel.NotAValue), store.transaction() as tx:
        instances.start(
            tx,
            world,
            callers["portal"],
            process_key="a",
            variables={"x": float("nan")},
        )


def _counts(store: Store) -> tuple[int | None, ...]:
    with store.transaction() as tx:
        return tuple(
            tx.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (releases, definition_versions)
        )


def test_names_in_a_form_of_an_earlier_release_are_judged_for_each_drawing(
    store: Store, world: World
) -> None:
    condition = {"conditional": {"hide": "=aplicant = 1"}}
    question = {"id": "q", "key": "q", "type": "textfield", "label": "?"} | condition
    form = {"id": "taken.f", "type": "default", "components": [question]}
    gives = '<zeebe:script expression="=1" resultVariable="applicant"/>'
    files = {
        "one.bpmn": line("taken_one", ask("a", "taken.f")),
        "f.form.json": json.dumps(form).encode(),
    }
    with store.transaction() as tx:
        first = deployments.release(tx, world, None, files)
        drawn = line("taken_two", step("scriptTask", "s", gives), ask("a", "taken.f"))
        second = deployments.release(tx, world, None, {"two.bpmn": drawn})

    slips = [
        [
            (one.file, one.element_id)
            for one in release.findings
            if one.rule == "variable-misspelt"
        ]
        for release in (first, second)
    ]
    assert slips == [[], [("f.form.json (earlier release)", "q")]]
