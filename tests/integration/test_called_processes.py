"""Called processes: bound when released, and never taken for the caller's drawing."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from tests.drawn import ask, call, form, job, line, step
from tests.integration.conftest import HeldClock, ToldConnectors
from tests.integration.house import House
from workflows import calls, deadline_list, history, messages, release_files, tasks
from workflows.model import AnswersRefused, DeploymentRefused
from workflows.people import Caller
from workflows.ports import ConnectorRefusal
from workflows.store.session import Store
from workflows.world import World


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def name() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


def refused(house: House, **files: bytes) -> list[tuple[str, str | None, str]]:
    with pytest.raises(DeploymentRefused) as caught:
        house.release(**files)
    found = [one for one in caught.value.findings if one.severity == "error"]
    assert all(len(one.message) > 20 for one in found)
    return [(one.file, one.element_id, one.rule) for one in found]


def test_a_task_of_a_called_process_is_the_callees_in_name_form_and_history(
    house: House, name: str
) -> None:
    house.release(
        a__bpmn=line(name, call("c", f"{name}q"), ask("it", name="Менікі")),
        q__bpmn=line(f"{name}q", ask("it", f"{name}.f", name="Оныкі")),
        f__form__json=form(f"{name}.f", "why"),
    )
    case = house.start(name)

    (task,) = house.tasks(case)
    assert (task.called_process, task.element_id) == (f"{name}q", "it")
    assert (task.process_key, task.names["kk"]) == (name, "Оныкі")
    with house.store.transaction() as tx:
        asked, source = tasks.form(tx, house.world, house.callers["clerk"], task.id)
    assert asked is not None
    assert source is not None
    assert source["id"] == f"{name}.f"
    with pytest.raises(AnswersRefused):
        house.complete(case, "it")
    house.complete(case, "it", why="себебі")

    (own,) = house.tasks(case)
    assert (own.called_process, own.names["kk"]) == (None, "Менікі")
    house.complete(case, "it")
    assert house.case(case).state == "completed"
    q = f"{name}q"
    assert house.told(case, "task.completed") == [(q, "it"), (None, "it")]
    assert house.told(case, "element.completed") == [
        *((None, "start"), (q, "start"), (q, "it"), (q, "end")),
        *((None, "c"), (None, "it"), (None, "end")),
    ]
    details = [e.detail for e in house.events(case) if e.type == "task.created"]
    assert [(each or {}).get("process") for each in details] == [q, None]


def test_the_drawing_of_an_event_outlives_its_details(
    house: House, name: str, owner: Store
) -> None:
    q = f"{name}q"
    house.release(a__bpmn=line(name, call("c", q)), q__bpmn=line(q, ask("it")))
    case = house.start(name)

    with owner.transaction() as tx:
        history.erase_details(tx, case)

    assert house.told(case, "task.created") == [(q, "it")]
    with house.store.transaction() as tx:
        assert list(history.verify(tx, case)) == []


def test_a_call_of_what_nobody_released_is_refused_where_it_is_drawn(
    house: House, name: str
) -> None:
    drawing = line(name, ask("t"), call("c", f"{name}q"))

    assert refused(house, a__bpmn=drawing) == [("a.bpmn", "c", "called-unknown")]


def test_so_is_one_that_is_named_as_the_standard_writes_it(
    house: House, name: str
) -> None:
    activity = f'<bpmn:callActivity id="c" calledElement="{name}q"/>'
    drawing = line(name, ask("t"), activity)

    assert refused(house, a__bpmn=drawing) == [("a.bpmn", "c", "called-unknown")]


def test_a_process_that_only_events_start_cannot_be_called(
    house: House, name: str
) -> None:
    start = step(
        "startEvent", "start", body='<bpmn:messageEventDefinition messageRef="m"/>'
    )
    message = '<bpmn:message id="m" name="M"/>'
    other = line(f"{name}q", ask("t"), start=start, besides=message)

    found = refused(house, a__bpmn=line(name, call("c", f"{name}q")), q__bpmn=other)

    assert ("a.bpmn", "c", "called-without-start") in found


def test_a_stored_process_is_bound_with_what_it_was_released_with(
    house: House, name: str
) -> None:
    q, r, f = f"{name}q", f"{name}r", f"{name}.f"
    house.release(
        q__bpmn=line(q, call("c", r)),
        r__bpmn=line(r, ask("old", f)),
        f__form__json=form(f, "old"),
    )
    house.release(r__bpmn=line(r, ask("new", f)), f__form__json=form(f, "new"))
    house.release(
        a__bpmn=line(name, call("c", q), ask("own", f)), f__form__json=form(f, "own")
    )
    case = house.start(name)

    house = house.begun_anew()
    assert house.open(case) == [(r, "old")]
    with pytest.raises(AnswersRefused):
        house.complete(case, "old", new="1")
    house.complete(case, "old", old="1")
    house.complete(case, "own", own="1")
    assert house.case(case).state == "completed"


def test_a_stored_caller_that_meets_another_version_is_warned_of(
    house: House, name: str
) -> None:
    q, r = f"{name}q", f"{name}r"
    house.release(q__bpmn=line(q, call("c", r)), r__bpmn=line(r, ask("old")))

    stored = house.release(
        a__bpmn=line(name, call("c", q), call("d", r)), r__bpmn=line(r, ask("new"))
    )

    assert [(one.element_id, one.rule) for one in stored.findings] == [
        (r, "called-version")
    ]
    assert house.open(house.start(name)) == [(r, "new")]


def test_a_stored_caller_that_meets_the_same_version_is_not(
    house: House, name: str
) -> None:
    q, r = f"{name}q", f"{name}r"
    house.release(q__bpmn=line(q, call("c", r)), r__bpmn=line(r, ask("t")))

    stored = house.release(a__bpmn=line(name, call("c", q)), r__bpmn=line(r, ask("t")))

    assert stored.findings == []


@pytest.mark.parametrize("is_stored", [True, False])
def test_the_configuration_of_a_called_process_is_not_that_of_the_case(
    house: House, name: str, is_stored: bool
) -> None:
    q = f"{name}q"
    title = dict.fromkeys(("kk", "ru", "en"), "Акт")
    setting = {"name": "limit", "value": 3, "norm": "ADM-1"}
    setting |= {"source": "акт", "confidence": "A"}
    procedure = {
        "process": q,
        "names": title,
        "act": {"id": "act", "title": title, "numbers": ["1"], "dates": []},
        "norms": ["ADM-1"],
        "configuration": [setting],
    }
    files = {
        "q__bpmn": line(q, ask("t")),
        "procedure__yaml": json.dumps(procedure).encode(),
    }
    if is_stored:
        house.release(**files)
        files = {}

    stored = house.release(a__bpmn=line(name, call("c", q)), **files)

    found = [(one.element_id, one.rule, one.severity) for one in stored.findings]
    assert found == [("c", "called-configuration", "warning")]


def test_an_expression_may_name_any_process_that_was_stored(
    house: House, name: str
) -> None:
    q, late = f"{name}q", f"{name}late"
    house.release(q__bpmn=line(q, ask("t")))
    house.release(
        a__bpmn=line(name, call("c", "=which")), b__bpmn=line(f"{name}b", ask("u"))
    )
    house.release(l__bpmn=line(late, ask("v")))

    assert house.open(house.start(name, which=q)) == [(q, "t")]
    assert house.open(house.start(name, which=f"{name}b")) == [(f"{name}b", "u")]
    case = house.start(name, which=late)
    (found,) = house.incidents(case)
    assert (found.element_id, found.called_process) == ("c", None)
    assert late in found.message
    house.retry(case, which=q)
    assert house.open(case) == [(q, "t")]


def test_processes_may_call_each_other_and_themselves(house: House, name: str) -> None:
    q = f"{name}q"
    again = step("exclusiveGateway", "x").replace('id="x"', 'id="x" default="x_e"')
    drawing = line(name, ask("t"), again, call("c", q)).replace(
        b"</bpmn:process>",
        b'<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="x_e" sourceRef="x"'
        b' targetRef="e"/></bpmn:process>',
    )
    flow = f'<bpmn:sequenceFlow id="{name}_2" sourceRef="x" targetRef="c"'.encode()
    condition = (
        b'><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=more'
        b"</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    drawing = drawing.replace(flow + b"/>", flow + condition)
    house.release(a__bpmn=drawing, q__bpmn=line(q, ask("u"), call("c", name)))
    case = house.start(name)

    house.complete(case, "t", more=True)
    assert house.open(case) == [(q, "u")]
    house.complete(case, "u")
    assert house.begun_anew().open(case) == [(None, "t")]
    house.complete(case, "t", more=False)
    assert house.case(case).state == "completed"


def test_a_fault_in_a_called_process_is_told_of_its_drawing(
    house: House, name: str
) -> None:
    q = f"{name}q"
    house.release(
        a__bpmn=line(name, call("c", q), job("it", "own.job")),
        q__bpmn=line(q, job("it", "their.job")),
    )
    case = house.start(name)
    outside = ToldConnectors({"their.job": refuse})

    house.work(case, outside)

    (found,) = house.incidents(case)
    assert (found.called_process, found.element_id) == (q, "it")
    house.retry(case)
    outside.answers = {"their.job": lambda _: {}, "own.job": lambda _: {}}
    house.work(case, outside)
    house.work(case, outside)
    assert house.case(case).state == "completed"
    assert house.told(case, "incident.opened") == [(q, "it")]
    assert house.told(case, "incident.retried") == [(q, "it")]
    assert house.told(case, "job.retried") == [(q, "it")]


def refuse(_: Any) -> dict[str, Any]:
    raise ConnectorRefusal("no")


def test_messages_and_timers_reach_a_called_process(
    house: House, name: str, clock: HeldClock
) -> None:
    q = f"{name}q"
    message = (
        '<bpmn:message id="m" name="M"><bpmn:extensionElements><zeebe:subscription'
        ' correlationKey="=number"/></bpmn:extensionElements></bpmn:message>'
    )
    waits = step("receiveTask", "it").replace('id="it"', 'id="it" messageRef="m"')
    pause = step(
        "intermediateCatchEvent",
        "pause",
        body="<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>",
    )
    house.release(
        a__bpmn=line(name, call("c", q), ask("it")),
        q__bpmn=line(q, waits, pause, besides=message),
    )
    case = house.start(name, number=name)

    with house.store.transaction() as tx:
        taken = messages.publish(
            tx,
            house.world,
            house.callers["portal"],
            name="M",
            correlation_key=name,
            variables={},
            ttl_seconds=0,
        )
    assert taken == 1
    assert house.told(case, "message.received") == [(q, "it")]
    clock.advance(hours=2)
    house.begun_anew().sweep()
    assert house.open(case) == [(None, "it")]


def test_a_message_kept_for_a_called_process_is_taken_there(
    house: House, name: str
) -> None:
    q = f"{name}q"
    message = (
        '<bpmn:message id="m" name="N"><bpmn:extensionElements><zeebe:subscription'
        ' correlationKey="=number"/></bpmn:extensionElements></bpmn:message>'
    )
    waits = step("receiveTask", "it").replace('id="it"', 'id="it" messageRef="m"')
    house.release(
        a__bpmn=line(name, call("c", q)), q__bpmn=line(q, waits, besides=message)
    )
    with house.store.transaction() as tx:
        messages.publish(
            tx,
            house.world,
            house.callers["portal"],
            name="N",
            correlation_key=name,
            variables={},
            ttl_seconds=60,
        )

    case = house.start(name, number=name)

    assert house.case(case).state == "completed"
    assert house.told(case, "message.received") == [(q, "it")]


def test_the_deadline_of_the_case_is_met_by_its_own_drawing_alone(
    house: House, name: str, clock: HeldClock
) -> None:
    q = f"{name}q"
    told = (
        '<zeebe:properties><zeebe:property name="deadline" value="5 working days"/>'
        '<zeebe:property name="deadline.met_by" value="it"/></zeebe:properties>'
    )
    stored = house.release(
        a__bpmn=line(name, call("c", q), ask("it"), ask("more"), inside=told),
        q__bpmn=line(
            q, ask("it", None, "", "deadline=1 working day", "norm=ADM-5"), inside=told
        ),
    )
    assert [one.rule for one in stored.findings] == ["called-deadline"]
    case = house.start(name)
    clock.advance(days=3)
    house.sweep()
    assert house.told(case, "deadline.missed") == [(q, "it")]

    house.complete(case, "it")
    assert states(house, case) == {(None, name): "running", (q, "it"): "missed"}
    house.complete(case, "it")
    assert states(house, case)[None, name] == "met"


def states(house: House, case: uuid.UUID) -> dict[tuple[str | None, str], str]:
    with house.store.transaction() as tx:
        rows = deadline_list.of_case(tx, case)
    return {(row.called_process, row.element_id): row.state for row in rows}


def test_files_alone_warn_of_what_only_a_stored_process_could_be(name: str) -> None:
    files = {"a.bpmn": line(name, call("c", f"{name}q"))}
    parts, found = release_files.check(files)

    assert found == []
    (warning,) = calls.among_files(parts)
    assert (warning.rule, warning.severity) == ("called-unknown", "warning")
    assert (warning.file, warning.element_id) == ("a.bpmn", "c")
