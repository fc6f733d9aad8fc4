"""Drawings whose parts are known and that still cannot run."""

import pytest
from engine_kit import (
    BASE,
    MESSAGE,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    mapping,
    timer,
    with_event,
    with_task,
    zeebe,
)


def declared(**properties):
    """`zeebe:properties` of these names and values."""
    told = "".join(
        f'<zeebe:property name="{name}" value="{value}"/>'
        for name, value in properties.items()
    )
    return zeebe(f"<zeebe:properties>{told}</zeebe:properties>")


SHAPES = {
    "start-missing": els("userTask:a endEvent:e") + flows("a->e"),
    "start-several": els("startEvent:s,s2 endEvent:e") + flows("s->e", "s2->e"),
    "flow-missing": BASE + els("task:a,b") + flows("s->a->e", "b->a"),
    "flow-into-start": BASE + els("task:a") + flows("s->a->e", "a->s"),
    "flow-out-of-end": BASE + els("task:a") + flows("s->e->a"),
    "flow-dangling": BASE + flows("s->e", "s->nowhere"),
    "flow-doubled": BASE
    + els("exclusiveGateway:g")
    + flows("s->g")
    + flows("g->e ? =a").replace('id="g_e"', 'id="f1"')
    + flows("g->e ? =b").replace('id="g_e"', 'id="f2"'),
    "condition-missing": BASE
    + els("exclusiveGateway:g task:a,b")
    + flows("s->g", "g->a ? =x", "g->b", "a->e", "b->e"),
    "condition-misplaced": BASE
    + els("parallelGateway:g task:a,b")
    + flows("s->g", "g->a ? =x", "g->b", "a->e", "b->e"),
    "condition-not-feel": BASE
    + els("exclusiveGateway:g task:a,b")
    + flows("s->g", "g->a ? x > 1", "g->b ? =x", "a->e", "b->e"),
    "default-unknown": BASE
    + el("exclusiveGateway", "g", default="s_g")
    + flows("s->g->e"),
    "default-conditional": BASE
    + el("exclusiveGateway", "g", default="g_e")
    + els("task:a")
    + flows("s->g", "g->e ? =x", "g->a ? =y", "a->e"),
    "default-unconditional": BASE
    + el("userTask", "a", default="a_e")
    + els("task:b")
    + flows("s->a->e", "a->b->e"),
    "event-without-trigger": with_task(els("intermediateCatchEvent:a")),
    "event-several-triggers": with_event("intermediateCatchEvent", MESSAGE + timer()),
    "boundary-unattached": BASE
    + els("exclusiveGateway:g")
    + el("boundaryEvent", "b", timer(), attachedToRef="g")
    + flows("s->g->e", "b->e"),
    "boundary-without-flow": with_task(els("userTask:a"))
    + el("boundaryEvent", "b", timer(), attachedToRef="a"),
    "message-unknown": with_task(els("receiveTask:a")),
    "error-unknown": els("startEvent:s")
    + el("endEvent", "e", error("nothing"))
    + flows("s->e"),
    "error-not-interrupting": with_task(els("userTask:a"))
    + el("boundaryEvent", "b", error(), attachedToRef="a", cancelActivity="false")
    + flows("b->e"),
    "timer-invalid": with_event("intermediateCatchEvent", timer("soon")),
    "job-type-missing": with_task(
        el("serviceTask", "a", zeebe('<zeebe:taskDefinition retries="1"/>'))
    ),
    "number-invalid": with_task(
        el("userTask", "a", zeebe('<zeebe:priorityDefinition priority="high"/>'))
    ),
    "date-invalid": with_task(
        el("userTask", "a", zeebe('<zeebe:taskSchedule dueDate="tomorrow"/>'))
    ),
    "variable-name-invalid": with_task(
        el("userTask", "a", zeebe(mapping(inputs="a.b<-1")))
    ),
    "mapping-empty": with_task(
        el(
            "userTask",
            "a",
            zeebe('<zeebe:ioMapping><zeebe:input target="x"/></zeebe:ioMapping>'),
        )
    ),
    "script-not-feel": with_task(
        el(
            "scriptTask",
            "a",
            zeebe('<zeebe:script expression="1" resultVariable="x"/>'),
        )
    ),
    "form-not-fixed": with_task(
        el("userTask", "a", zeebe('<zeebe:formDefinition formId="=f"/>'))
    ),
    "deadline-invalid": with_task(
        el(
            "userTask",
            "a",
            zeebe(
                '<zeebe:properties><zeebe:property name="deadline" value="soon"/>'
                "</zeebe:properties>"
            ),
        )
    ),
    "deadline-misplaced": with_task(
        el(
            "task",
            "a",
            zeebe(
                '<zeebe:properties><zeebe:property name="deadline" value="PT1H"/>'
                "</zeebe:properties>"
            ),
        )
    ),
    "duty-misplaced": with_task(el("task", "a", declared(not_by="b"))),
    "not-by-unknown": with_task(el("userTask", "a", declared(not_by="a"))),
    "not-by-unknown ": with_task(el("userTask", "a", declared(not_by="s"))),
    "not-by-unknown  ": with_task(el("userTask", "a", declared(not_by=" , "))),
    "bulk-value": with_task(el("userTask", "a", declared(bulk="yes"))),
    "feel-syntax": with_task(el("userTask", "a", zeebe(mapping(inputs="x<-1 +")))),
    "duplicate-id": BASE + els("task:a") + el("task", "a") + flows("s->a->e"),
    "id-invalid": BASE + els("task:a__") + flows("s->a__->e"),
    "id-missing": BASE + "<bpmn:task/>" + flows("s->e"),
    "element-misplaced": BASE
    + els("exclusiveGateway:g task:a")
    + el("sequenceFlow", "f", sourceRef="s", targetRef="g")
    + flows("g->e ? =x <bpmn:documentation/> = 1").replace("&lt;bpmn:doc", "<bpmn:doc"),
    "element-misplaced ": with_task(el("userTask", "a", el("laneSet", "q"))),
    "element-unknown": BASE + el("superTask", "a") + flows("s->e"),
}


@pytest.mark.parametrize("rule", SHAPES)
def test_shapes_that_cannot_run_are_refused(refused, rule):
    found = refused(drawing(SHAPES[rule]))

    assert rule.strip() in {one.rule for one in found}


def test_an_event_sub_process_needs_a_trigger_and_an_embedded_one_may_have_none(
    refused,
):
    without = event_sub("", "true")
    trigger = el(
        "subProcess",
        "sp",
        el("startEvent", "x", MESSAGE) + els("task:y") + flows("x->y"),
    )

    found = refused(drawing(BASE + flows("s->e") + without))
    assert [one.rule for one in found] == ["event-without-trigger"]
    found = refused(drawing(BASE + trigger + flows("s->sp->e")))
    assert [one.rule for one in found] == ["element-not-run"]


def test_flows_may_not_cross_the_edge_of_a_sub_process(refused):
    inner = els("startEvent:s1 task:t") + flows("s1->t")
    found = refused(
        drawing(BASE + el("subProcess", "sp", inner) + flows("s->sp->e", "t->e"))
    )

    assert [(one.rule, one.element_id) for one in found] == [("flow-dangling", "t_e")]
