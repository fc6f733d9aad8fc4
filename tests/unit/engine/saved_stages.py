"""Cases at every kind of place where one can be saved; writes the rows of a version.

    python tests/unit/engine/saved_stages.py

writes `saved/version_<VERSION>.json` for the version that `workflows.engine.saving`
writes now; it never changes a file that is there, for rows of it were released.
"""

import json
from pathlib import Path

from engine_kit import (
    ANY_ESCALATION,
    DECLARED,
    JOB,
    MESSAGE,
    OTHER_MESSAGE,
    RESULTS,
    SIGNAL,
    Run,
    drawing,
    el,
    els,
    event_sub,
    flows,
    late_body,
    loop,
    mapping,
    multi,
    timer,
    withdrawal,
    zeebe,
)

from workflows import engine, feel
from workflows.engine import saving

HERE = Path(__file__).parent / "saved"
TAIL = els("startEvent:s userTask:z endEvent:e")
AROUND = flows("s->a->z->e")
CALLED = els("startEvent:s userTask:u,v endEvent:e") + flows("s->u->v->e")
NAMED = DECLARED.replace('name="M1"', 'name="=kind + &#34;.filed&#34;"')
INSIDE = els("startEvent:s1 userTask:u,v endEvent:e1") + flows("s1->u->v->e1")
UNDO = (
    TAIL
    + els("userTask:a,b")
    + el("userTask", "ua", isForCompensation="true")
    + el("userTask", "ub", isForCompensation="true")
    + el("boundaryEvent", "ca", "<bpmn:compensateEventDefinition/>", attachedToRef="a")
    + el("boundaryEvent", "cb", "<bpmn:compensateEventDefinition/>", attachedToRef="b")
    + el("association", "x1", sourceRef="ca", targetRef="ua")
    + el("association", "x2", sourceRef="cb", targetRef="ub")
    + el("intermediateThrowEvent", "undo", "<bpmn:compensateEventDefinition/>")
    + flows("s->a->b->undo->z->e")
)


def call(repeated=""):
    called = zeebe('<zeebe:calledElement processId="q"/>')
    return TAIL + el("callActivity", "a", called + repeated) + AROUND


def stage(body, *steps, variables=None, answer=None, start=None, **options):
    """`steps` are made before the save: (verb of `Run`, element, keyword results)."""
    return body, steps, variables or {}, answer or {}, start, options


XS = {"xs": [10, 20, 30]}
STAGES = {
    "boundary timer": stage(late_body("false")),
    "repeating timer": stage(
        late_body("false").replace(
            "<bpmn:timeDuration>PT1H</bpmn:timeDuration>",
            "<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>",
        ),
        ("fire", "t", {}),
    ),
    "parallel join": stage(
        els("startEvent:s parallelGateway:f,j userTask:a,b,z endEvent:e")
        + flows("s->f", "f->a->j", "f->b->j", "j->z->e"),
        ("do", "a", {}),
    ),
    "inclusive join": stage(
        els("startEvent:s inclusiveGateway:f,j userTask:a,b,c,z endEvent:e")
        + flows("s->f", "f->a ? =true", "f->b ? =true", "f->c ? =false")
        + flows("a->j", "b->j", "c->j", "j->z->e"),
        ("do", "b", {}),
    ),
    "event sub-process that listens": stage(
        els("startEvent:s userTask:a endEvent:e")
        + withdrawal()
        + flows("s->a->held->e"),
        ("do", "a", {}),
    ),
    "event sub-process that runs": stage(
        TAIL + els("userTask:a") + event_sub(OTHER_MESSAGE, "false") + AROUND,
        ("message", "es", {"p": 1}),
    ),
    "incident": stage(
        TAIL + el("userTask", "a", zeebe(mapping(outputs="sum<-r + other"))) + AROUND,
        ("do", "a", {"r": 1}),
    ),
    "root that has not run": stage(
        TAIL
        + el("startEvent", "m", OTHER_MESSAGE + "").replace(
            "><", f">{zeebe(mapping(outputs='got<-p'))}<", 1
        )
        + event_sub(MESSAGE.replace("msg1", "msg3"), "true")
        + flows("s->z->e", "m->z"),
        variables={"p": 1},
        start="m",
        declared=DECLARED + '<bpmn:message id="msg3" name="M3"><bpmn:extensionElements>'
        '<zeebe:subscription correlationKey="=other"/></bpmn:extensionElements>'
        "</bpmn:message>",
    ),
    "sub-process": stage(
        TAIL
        + el("subProcess", "a", zeebe(mapping("k<-n + 1", "res<-k")) + INSIDE)
        + el("boundaryEvent", "b", SIGNAL, attachedToRef="a", cancelActivity="false")
        + AROUND
        + els("userTask:h endEvent:e2")
        + flows("b->h->e2"),
        ("do", "u", {}),
        variables={"n": 1},
    ),
    "event-based gateway": stage(
        TAIL
        + els("eventBasedGateway:a")
        + el("intermediateCatchEvent", "c1", zeebe(mapping("k<-1")) + MESSAGE)
        + el("intermediateCatchEvent", "c2", timer())
        + flows("s->a", "a->c1->z", "a->c2->z", "z->e"),
    ),
    "message whose name is FEEL": stage(
        TAIL + el("intermediateCatchEvent", "a", MESSAGE) + AROUND,
        variables={"kind": "x"},
        declared=NAMED,
    ),
    "parallel items": stage(
        TAIL + el("userTask", "a", multi(**RESULTS)) + AROUND,
        ("do", "a", {"r": 1}),
        variables=XS,
        answer={"r": 5},
    ),
    "sequential items": stage(
        TAIL + el("serviceTask", "a", zeebe(JOB) + multi("true", **RESULTS)) + AROUND,
        ("do", "a", {"r": 1}),
        variables=XS,
        answer={"r": 5},
    ),
    "item with an incident": stage(
        TAIL
        + el("userTask", "a", zeebe(mapping(outputs="r<-r + other")) + multi(**RESULTS))
        + AROUND,
        ("do", "a", {"r": 1}),
        variables=XS,
        answer={"r": 5},
    ),
    "items that are sub-processes": stage(
        TAIL + el("subProcess", "a", multi(**RESULTS) + INSIDE) + AROUND,
        ("do", "u", {}),
        variables=XS,
        answer={"r": 5},
    ),
    "items that wait for messages": stage(
        TAIL
        + el("receiveTask", "a", zeebe(mapping("key<-it")) + multi(), messageRef="msg1")
        + AROUND,
        ("message", "a", {}),
        variables=XS,
    ),
    "loop": stage(
        TAIL + el("userTask", "a", loop("=loopCounter &lt; 3")) + AROUND,
        ("do", "a", {}),
    ),
    "called process": stage(
        call(), ("do", "u", {"r": 1}), variables={"n": 1}, called={"q": CALLED}
    ),
    "called processes of items": stage(
        call(multi(**RESULTS)),
        ("do", "u", {"r": 1}),
        variables=XS,
        answer={"r": 5},
        called={"q": CALLED},
    ),
    "what can be undone": stage(UNDO, ("do", "a", {})),
    "undoing": stage(UNDO, ("do", "a", {}), ("do", "b", {})),
    "completed": stage(els("startEvent:s endEvent:e") + flows("s->e")),
    "escalation that listens": stage(
        TAIL
        + el("subProcess", "a", INSIDE)
        + el("boundaryEvent", "b", ANY_ESCALATION, attachedToRef="a")
        + AROUND
        + els("endEvent:e2")
        + flows("b->e2"),
    ),
}


def go_on(case, answer, held):
    """Bring a case to its end, people and connectors first."""
    for token in held:
        case.case.retry(token, {"other": 2})
        case.after()
    for _ in range(50):
        if case.case.completed:
            return
        by_kind = sorted(
            case.waiting.items(), key=lambda one: one[1][0] not in ("task", "job")
        )
        token, (kind, _) = by_kind[0]
        if kind in ("task", "job"):
            case.case.finish(token, answer)
        else:
            del case.waiting[token]
            if kind == "timer":
                case.case.fire(token)
            else:
                case.case.deliver(token, answer)
        case.after()


def row(define, name):
    body, steps, variables, answer, start, options = STAGES[name]
    definition = define(body, **options)
    case = Run(definition, variables, keep=True, start_event=start)
    for verb, element, results in steps:
        getattr(case, verb)(element, **results)
    found = {
        "name": name,
        "drawing": body,
        **{key: options[key] for key in ("called", "declared") if key in options},
        "saved": case.case.save(),
        "waiting": {str(token): list(at) for token, at in case.waiting.items()},
        "held": [str(token) for token in case.incidents],
        "answer": answer,
    }
    go_on(case, answer, list(case.incidents))
    assert case.case.completed, name
    found["left"] = json.loads(feel.dumps(case.case.variables))
    return found


def write():
    with feel.Parser() as parser:

        def load(body, called, **options):
            xml = drawing(body, **options)
            read = engine.read(xml, "d.bpmn", parser)[0]
            return engine.load(xml, read.key, read.trees, called)

        def define(body, called=None, **options):
            known = {}
            for key, other in (called or {}).items():
                known[key] = load(other, known, key=key, **options)
            return load(body, known, **options)

        rows = [row(define, name) for name in STAGES]
    path = HERE / f"version_{saving.VERSION}.json"
    with path.open("x", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=1)
        file.write("\n")


if __name__ == "__main__":
    write()
