"""Files that break the rules of the linter: every rule is broken by one of them."""

import json

from engine_kit import (
    BASE,
    JOB,
    TERMINATE,
    drawing,
    el,
    els,
    error,
    flows,
    loop,
    mapping,
    multi,
    timer,
    with_task,
    zeebe,
)
from lint_decisions import FILES as DECISIONS
from test_refused_elements import ATTRIBUTES, EXTENSIONS, NOT_RUN
from test_refused_events import WRONG
from test_refused_shapes import SHAPES

from workflows.linting import Outside

OUTSIDE = Outside(frozenset({"work"}), frozenset({"N-1"}))

XOR, AND = "exclusiveGateway", "parallelGateway"


def script(expression, result, node_id):
    source = f'<zeebe:script expression="{expression}" resultVariable="{result}"/>'
    return el("scriptTask", node_id, zeebe(source))


def two_scripts(first, second):
    drawn = script(first, "applicant", "a") + script(second, "x", "b")
    return BASE + drawn + flows("s->a->b->e")


def choice(opens, closes, first="=x", default=""):
    attributes = {"default": default} if default else {}
    way = f"g->a ? {first}" if first else "g->a"
    return (
        BASE
        + el(opens, "g", **attributes)
        + els(f"userTask:a,b,c {closes}:j")
        + flows("s->g", way, "g->b", "a->j", "b->j", "j->c->e")
    )


def watched(thrown, caught):
    inner = els("startEvent:is userTask:it") + el("endEvent", "ie", thrown)
    return (
        BASE
        + el("subProcess", "a", inner + flows("is->it->ie"))
        + el("boundaryEvent", "b", caught, attachedToRef="a")
        + flows("s->a->e", "b->e")
    )


def escalation(code):
    return f'<bpmn:escalationEventDefinition escalationRef="{code}"/>'


def calling(extension, **attributes):
    return with_task(el("callActivity", "a", extension, **attributes))


def called(key):
    return zeebe(f'<zeebe:calledElement processId="{key}"/>')


def task(extensions):
    return with_task(el("userTask", "a", zeebe(extensions)))


def prop(name, value):
    return (
        f'<zeebe:properties><zeebe:property name="{name}" value="{value}"/>'
        "</zeebe:properties>"
    )


BODIES = [
    choice(XOR, AND, default="g_b"),
    choice("inclusiveGateway", AND).replace(flows("g->b"), flows("g->b ? =y")),
    choice(AND, XOR, first=""),
    choice(XOR, XOR, "=false", "g_b"),
    choice(XOR, XOR, "=true", "g_b"),
    choice(XOR, XOR, "=1", "g_b"),
    choice(XOR, XOR).replace(flows("g->b"), flows("g->b ? =y")),
    with_task(els("userTask:a,lost")),
    BASE
    + els(f"{AND}:g userTask:a,b")
    + el("endEvent", "stop", TERMINATE)
    + flows("s->g->stop", "g->a->b->e"),
    BASE + els(f"{XOR}:m userTask:a,b") + flows("s->m->a->b->m"),
    watched(error("err1"), error("err2")),
    watched(escalation("esc1"), escalation("esc2")),
    with_task(els("eventBasedGateway:a")),
    calling(""),
    calling(called("q"), calledElement="q"),
    calling("", calledElement="=q"),
    calling(called("q")),
    task('<zeebe:assignmentDefinition candidateGroups="clerks"/>'),
    task(prop("norm", "N-2")),
    task(prop("colour", "red")),
    task('<zeebe:formDefinition formId="f"/>'),
    with_task(el("serviceTask", "a", zeebe(JOB.replace('"work"', '"play"')))),
    with_task(el("userTask", "a", multi())).replace('inputElement="it"', ""),
    with_task(el("userTask", "a", multi() + loop(loopMaximum="2"))),
    with_task(el("userTask", "a", loop())),
    with_task(els("userTask:a")) + el("userTask", "h", isForCompensation="true"),
    with_task(el("userTask", "a", zeebe(mapping("x<-1 +")))),
    with_task(el("intermediateCatchEvent", "a", timer("soon"))),
    with_task(els("receiveTask:a")),
    two_scripts("=1", "=aplicant + 1"),
    two_scripts("={name: 1, born: 2}", "=applicant.nmae"),
    *SHAPES.values(),
    *WRONG.values(),
    *(body for body, _ in NOT_RUN.values()),
    *(with_task(one) for one in ATTRIBUTES.values()),
    *(
        with_task(el("userTask", "a", zeebe(one)))
        for one, rule in EXTENSIONS.values()
        if rule
    ),
]

PROCEDURE = b"""
process: p
names: {kk: P, ru: P, en: P}
act: {id: a, title: {kk: A, ru: A, en: A}, numbers: [], dates: []}
norms: [N-1]
scenarios:
  - name: one
    at: 2026-08-20T09:00:00+05:00
    start: {child: {name: A}}
    answers: {}
    expect: {state: completed}
"""


def form(*components, **other):
    schema = {
        "id": "f",
        "type": "default",
        "schemaVersion": 16,
        "components": list(components),
    }
    return {"f.form.json": json.dumps({**schema, **other}).encode()}


def textfield(**other):
    return {"type": "textfield", "id": "a", "key": "a", "label": "A", **other}


def rows(*components):
    return {
        "type": "dynamiclist",
        "id": "rows",
        "path": "rows",
        "components": list(components),
    }


def groups(depth):
    component = textfield()
    for number in range(depth):
        component = {
            "type": "group",
            "id": f"g{number}",
            "label": "G",
            "components": [component],
        }
    return component


def of(body, **options):
    return {"d.bpmn": drawing(body, **options)}


STARTED = el("startEvent", "s", '<bpmn:messageEventDefinition messageRef="msg1"/>')
FILES = [
    *map(of, BODIES),
    {},
    {"notes.txt": b"x"},
    {"a.bpmn": drawing(BASE + flows("s->e")), "b.bpmn": drawing(BASE + flows("s->e"))},
    {"d.bpmn": b"<a"},
    {"d.bpmn": b"<!DOCTYPE a><a/>"},
    {"d.bpmn": b"<a>" * 200},
    {"d.bpmn": b"<!--" + b" " * 2**24 + b"-->"},
    {"d.bpmn": b'<a b="' + b"c" * 100_000 + b'"/>'},
    {"d.bpmn": drawing(els(f"task:{','.join(f't{n}' for n in range(5_001))}"))},
    {"d.bpmn": b"<a/>"},
    {"d.bpmn": drawing("").split(b"<bpmn:process")[0] + b"</bpmn:definitions>"},
    of(BASE + flows("s->e"), attributes='isExecutable="false"'),
    {"procedure.yaml": b"process: 1"},
    {"procedure.yaml": PROCEDURE, **of(with_task(script("=parent", "r", "a")))},
    of(calling(called("q")))
    | {"q.bpmn": drawing(BASE.replace(els("startEvent:s"), STARTED), key="q")},
    of(calling(called("q")))
    | {"q.bpmn": drawing(zeebe(prop("deadline", "PT1H")) + BASE, key="q")},
    of(calling(called("q")))
    | {
        "q.bpmn": drawing(BASE + flows("s->e"), key="q"),
        "procedure.yaml": PROCEDURE.replace(b"process: p", b"process: q")
        + b"configuration:\n  - {name: limit, value: 1, norm: N-1, source: s, "
        + b"confidence: A}\n",
    },
    {"f.form.json": b"{"},
    {"f.form.json": b" " * 2**24},
    form(schemaVersion=1_000),
    form({"type": "html", "id": "a", "content": "x"}),
    form(textfield(onchange="x")),
    form(textfield(disabled="yes")),
    form(textfield(), textfield(key="b")),
    form(textfield(), textfield(id="b", key="a.b")),
    form(groups(100)),
    form(textfield()),
    form(textfield(key="a b")),
    form(textfield(label="")),
    form(textfield(label="=x")),
    form(textfield(type="select")),
    form(textfield(defaultValue=1)),
    form(textfield(validate={"minLength": 2, "maxLength": 1})),
    form(textfield(validate={"pattern": "("})),
    form(textfield(validate={"pattern": "^[А-Яа-я -]+$"})),
    form(textfield(properties={"check": "=true"})),
    form(rows(textfield(readonly=True))),
    form(textfield(properties={"rasim": "passport"})),
    form(textfield(type="filepicker", accept=".exe")),
    form(
        textfield(
            type="filepicker", properties={"rasim": "document", "document": "letter"}
        )
    ),
    form({"type": "text", "id": "a", "text": "<b>x</b>"}),
    form({"type": "image", "id": "a", "source": "https://example.kz/a.png"}),
    form({"type": "table", "id": "a", "dataSource": "=a"}),
    form("x", rows()),
    form(*({"type": "separator", "id": f"c{n}"} for n in range(1_001))),
    form({"type": "button", "id": "a", "label": "A", "action": "submit"}),
    *DECISIONS,
]
