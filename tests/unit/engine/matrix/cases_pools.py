"""Pools, lanes, notes, and where variables land."""

from decimal import Decimal

from engine_kit import MESSAGE, el, mapping

from .case import Group, Refused, Runs
from .draw import draw, ext, node, script, task, user

POOLS = Group("Pools, lanes and notes", "Documentation by nature: it decides nothing.")
COLLABORATION = (
    '<bpmn:collaboration id="co"><bpmn:participant id="p1" name="Office" '
    'processRef="main"/><bpmn:participant id="p2" name="Family"/>'
    '<bpmn:messageFlow id="mf" sourceRef="p2" targetRef="c"/></bpmn:collaboration>'
)
OTHER_POOL = (
    '<bpmn:collaboration id="co"><bpmn:participant id="p1" processRef="main"/>'
    '<bpmn:participant id="p2" processRef="other"/></bpmn:collaboration>'
)
OWN = (
    '<bpmn:process id="other" isExecutable="true"><bpmn:startEvent id="so"/>'
    '<bpmn:endEvent id="eo"/><bpmn:sequenceFlow id="fo" sourceRef="so" '
    'targetRef="eo"/></bpmn:process>'
)
THEIRS = (
    '<bpmn:process id="other" isExecutable="false"><bpmn:complexGateway id="cg"/>'
    "</bpmn:process>"
)
CATCH = node("intermediateCatchEvent", MESSAGE)

POOLS.element(
    "Pool",
    "9.3",
    Runs(
        "an empty pool and message flows",
        "Show who talks to whom; messages come by their names and keys.",
        draw("s->c->e", c=CATCH),
        """
        s c+ [c]
        M1 : c- e
        """,
        around=COLLABORATION,
    ),
    Runs(
        "two pools that both run",
        "Each is a process of its own; they talk by messages.",
        draw("s->c->e", c=CATCH),
        """
        s c+
        M1 : c- e
        """,
        around=OTHER_POOL + OWN,
    ),
    Runs(
        "a pool of somebody else",
        "A process of a pool that is not executable is documentation, all of it.",
        draw("s->u->e"),
        """
        s u+
        u : u- e
        """,
        around=OTHER_POOL + THEIRS,
    ),
    Refused(
        "a process that nobody runs",
        "process-not-executable",
        draw("s->e"),
        "other",
        around=OWN.replace('"true"', '"false"'),
    ),
    Refused(
        "a conversation",
        "element-not-run",
        draw("s->e"),
        "cv",
        around='<bpmn:collaboration id="co"><bpmn:conversation id="cv"/>'
        "</bpmn:collaboration>",
    ),
    Refused(
        "a choreography",
        "element-not-run",
        draw("s->e"),
        "ch",
        around='<bpmn:choreography id="ch"/>',
    ),
)
POOLS.element(
    "Lane",
    "10.8",
    Runs(
        "names",
        "Say whose work it is; who may do a task is said at the task.",
        draw(
            "s->u->e",
            l=lambda _: el(
                "laneSet",
                "ls",
                el(
                    "lane", "l1", "<bpmn:flowNodeRef>u</bpmn:flowNodeRef>", name="Clerk"
                ),
            ),
        ),
        """
        s u+
        u : u- e
        """,
    ),
)
POOLS.element(
    "Notes and data",
    "10.4, 8.4",
    Runs(
        "annotation, group, data object, data store",
        "Are kept as they are.",
        draw(
            "s->u->e",
            n=lambda _: (
                el("textAnnotation", "n", "<bpmn:text>Mind the term</bpmn:text>")
                + el("association", "na", sourceRef="u", targetRef="n")
                + el("group", "gr")
                + el("dataObject", "do")
                + el("dataObjectReference", "dr", dataObjectRef="do")
                + el("dataStoreReference", "ds")
            ),
        ),
        """
        s u+
        u : u- e
        """,
    ),
    Refused(
        "inputs and outputs of the standard",
        "element-not-run",
        draw("s->a->e", a=user("<bpmn:ioSpecification/>")),
    ),
    Refused(
        "an element that BPMN does not have",
        "element-unknown",
        draw("s->e", a=node("superTask")),
        "a",
    ),
    Refused(
        "another namespace",
        "extension-unknown",
        draw("s->e", a=lambda _: '<v:thing xmlns:v="http://example.org/v"/>'),
        "main",
    ),
    Refused(
        "the same id twice",
        "duplicate-id",
        draw("s->a->e", b=lambda _: el("task", "a")),
    ),
    Refused(
        "an id that cannot be",
        "id-invalid",
        draw("s->a->e").replace('"a"', '"a__"').replace('id="s_a__"', 'id="s_a"'),
        "a__",
    ),
    Refused("no id", "id-missing", draw("s->e", a=lambda _: "<bpmn:task/>"), None),
    Refused(
        "a shared import",
        "element-not-run",
        draw("s->e"),
        "defs",
        around='<bpmn:import importType="x" location="y" namespace="z"/>',
    ),
    Refused(
        "correlation as the standard has it",
        "element-not-run",
        draw("s->e", a=lambda _: el("correlationSubscription", "a")),
    ),
)

DATA = Group(
    "Variables",
    "A variable belongs to a scope: the case, a sub-process, an item, an element.",
)
DATA.element(
    "Where a variable lands",
    "10.4",
    Runs(
        "in the nearest scope that has it",
        "Else in the case's own.",
        draw(
            "s->a->w->e",
            w=user(),
            a=node(
                "subProcess",
                ext(mapping("k<-0"))
                + draw(
                    "s1->b->u->e1",
                    b=node(
                        "subProcess", ext(mapping("m<-0")) + draw("s2->v->e2", v=user())
                    ),
                ),
            ),
        ),
        """
        s a+ s1 b+ s2 v+
        v k=1 m=2 n=3 o=4 : v- e2 b- u+
        u : u- e1 a- w+
        w : w- e
        """,
        {"n": 0},
        sees={"u": {"k": 1, "n": 3, "o": 4}, "w": {"n": 3, "o": 4}},
        left={"n": 3, "o": 4},
    ),
    Runs(
        "an output with the name of an input",
        "Leaves: what an output mapping names is written outside the element.",
        draw("s->u->w->e", u=user(maps=mapping("k<-n", "k<-k + 1")), w=user()),
        """
        s u+
        u k=5 : u- w+
        w : w- e
        """,
        {"n": 1},
        sees={"u": {"n": 1, "k": 1}, "w": {"n": 1, "k": 6}},
        left={"n": 1, "k": 6},
    ),
    Runs(
        "two branches, one variable",
        "The later write wins.",
        draw("s->p->u1->q->e", "p->u2->q", q=node("parallelGateway")),
        """
        s p {u1+ | u2+}
        u2 r=2 : u2-
        u1 r=1 : u1- q e
        """,
        left={"r": 1},
    ),
    Runs(
        "mappings in order",
        "An input sees those before it; so does an output.",
        draw("s->t->e", t=task(maps=mapping("k<-n;m<-k + 1", "r<-m;q<-r * 2"))),
        "s t e",
        {"n": 1},
        left={"n": 1, "r": 2, "q": 4},
    ),
    Runs(
        "lists and contexts",
        "Any FEEL value; numbers are decimals and exact.",
        draw("s->c->e", c=script("={sum: 0.1 + 0.2, all: [n, 2]}")),
        "s c e",
        {"n": 1},
        left={"n": 1, "r": {"sum": Decimal("0.3"), "all": [1, 2]}},
    ),
    Refused(
        "a mapping without a source",
        "mapping-empty",
        draw(
            "s->a->e",
            a=user(ext('<zeebe:ioMapping><zeebe:input target="x"/></zeebe:ioMapping>')),
        ),
    ),
    Refused(
        "a target that is no name",
        "variable-name-invalid",
        draw("s->a->e", a=user(maps=mapping("a.b<-1"))),
    ),
    Refused(
        "one target twice",
        "extension-doubled",
        draw("s->a->e", a=user(maps=mapping("x<-1;x<-2"))),
    ),
    Refused("no FEEL", "feel-syntax", draw("s->a->e", a=user(maps=mapping("x<-1 +")))),
)
