"""Sequence flows: several of them, and conditions behind tasks."""

from engine_kit import timer

from .case import Group, Refused, Runs
from .draw import boundary, draw, node, task, user, xor

FLOWS = Group(
    "Sequence flows",
    "A task may have several flows; a flow of a task may have a condition.",
)
AND = node("parallelGateway")
XOR = node("exclusiveGateway")

FLOWS.element(
    "Several outgoing flows",
    "10.3.1, 13.3.1",
    Runs(
        "of a task",
        "All are taken: an implicit split.",
        draw("s->u->u1->e1", "u->u2->e2"),
        """
        s u+ [u]
        u : u- {u1+ | u2+} [u1 u2]
        u2 : u2- e2 [u1]
        u1 : u1- e1
        """,
    ),
    Runs(
        "of a start event",
        "All are taken.",
        draw("s->u1->e", "s->u2->e"),
        """
        s {u1+ | u2+} [u1 u2]
        u1 : u1- e
        u2 : u2- e
        """,
    ),
    Runs(
        "of a boundary event",
        "All are taken when it happens.",
        draw("s->u->e", "b->u1->e", "b->u2->e", b=boundary("u", timer())),
        """
        s u+ [b u]
        +PT1H : u! b {u1+ | u2+} [u1 u2]
        u1 : u1- e
        u2 : u2- e
        """,
    ),
    Refused(
        "two to the same element",
        "flow-doubled",
        draw("s->t->e").replace(
            "</bpmn:sequenceFlow>",
            "</bpmn:sequenceFlow>"
            '<bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>',
            1,
        ),
    ),
    Refused(
        "to nowhere",
        "flow-dangling",
        draw("s->t->e", "t->z").replace('<bpmn:task id="z"></bpmn:task>', ""),
        "t_z",
    ),
    Refused("into a start event", "flow-into-start", draw("s->t->e", "t->s"), "s"),
    Refused("out of an end event", "flow-out-of-end", draw("s->e->t"), "e"),
)
FLOWS.element(
    "Several incoming flows",
    "13.3.1",
    Runs(
        "into a task",
        "An implicit merge: the task runs once for each token.",
        draw("s->p->u1->u->e", "p->u2->u"),
        """
        s p {u1+ | u2+}
        u1 : u1- u+ [u u2]
        u2 : u2- u+ [u u]
        u : u- e [u]
        u : u- e
        """,
    ),
    Runs(
        "into an end event",
        "Each token ends there; the case goes on until the last one has.",
        draw("s->p->u1->e", "p->u2->e"),
        """
        s p {u1+ | u2+}
        u2 : u2- e [u1]
        u1 : u1- e
        """,
    ),
    Runs(
        "a loop",
        "A flow that leads back: the task runs again.",
        draw("s->u->x->e", "x->u ? =again", x=xor("e")),
        """
        s u+
        u again=true : u- x u+
        u again=true : u- x u+
        u again=false : u- x e
        """,
    ),
)
FLOWS.element(
    "Conditional flow of a task",
    "10.3.1, 13.3.1",
    Runs(
        "some hold",
        "Every flow is taken whose condition holds.",
        draw(
            "s->t", "t->u1 ? =a", "t->u2 ? =b", "t->u3 ? =c", "u1->e", "u2->e", "u3->e"
        ),
        """
        s t {u1+ | u3+} [u1 u3]
        u1 : u1- e
        u3 : u3- e
        """,
        {"a": True, "b": False, "c": True},
    ),
    Runs(
        "none holds, with a default",
        "The default flow is taken when no conditional one is.",
        draw("s->t", "t->u1 ? =n > 1", "t->u2", "u1->e", "u2->e", t=task(default="u2")),
        """
        s t u2+
        u2 : u2- e
        """,
        {"n": 1},
    ),
    Runs(
        "one holds, with a default",
        "The default flow is not taken then.",
        draw("s->t", "t->u1 ? =n > 1", "t->u2", "u1->e", "u2->e", t=task(default="u2")),
        """
        s t u1+
        u1 : u1- e
        """,
        {"n": 2},
    ),
    Runs(
        "beside an unconditional one",
        "A flow without condition is always taken.",
        draw("s->t", "t->u1 ? =n > 1", "t->u2", "u1->e", "u2->e"),
        """
        s t u2+
        u2 : u2- e
        """,
        {"n": 1},
    ),
    Runs(
        "beside an unconditional one and a default",
        "The unconditional flow always; the default when no condition holds.",
        draw(
            "s->t",
            "t->u1 ? =n > 1",
            "t->u2",
            "t->u3",
            "u1->e",
            "u2->e",
            "u3->e",
            t=task(default="u3"),
        ),
        """
        s t {u2+ | u3+}
        u2 : u2- e
        u3 : u3- e
        """,
        {"n": 1},
    ),
    Runs(
        "none holds, without a default",
        "The task is held with an incident; a retry asks again.",
        draw("s->u", "u->u1 ? =n > 1", "u->u2 ? =n > 2", "u1->e", "u2->e"),
        """
        s u+
        u : u?
        u~ n=2 : u- u1+
        u1 : u1- e
        """,
        {"n": 0},
    ),
    Runs(
        "none holds, by what the task answers",
        "The answer is kept for the retry, which may correct it.",
        draw("s->u", "u->u1 ? =n > m", "u->u2 ? =n > m + 1", "u1->e", "u2->e"),
        """
        s u+
        u n=1 : u?
        u~ m=8 : u?
        u~ n=9 : u- u1+
        u1 : u1- e
        """,
        {"m": 1},
    ),
    Runs(
        "what the task answers",
        "The condition sees the answers of the task that it leaves.",
        draw("s->u", "u->u1 ? =ok", "u->u2", "u1->e", "u2->e", u=user(default="u2")),
        """
        s u+
        u ok=true : u- u1+
        u1 : u1- e
        """,
        {"ok": False},
    ),
    Runs(
        "neither true nor false",
        "An incident that names the element; nothing has moved.",
        draw("s->t", "t->u1 ? =n", "t->u2", "u1->e", "u2->e", t=task(default="u2")),
        """
        s t+ t?
        t~ n=false : t- u2+
        u2 : u2- e
        """,
        {"n": 5},
    ),
    Refused(
        "no FEEL",
        "condition-not-feel",
        draw("s->t", "t->u1 ? n > 1", "t->e", "u1->e"),
        "t_u1",
    ),
    Refused(
        "a default that has a condition",
        "default-conditional",
        draw("s->t", "t->u1 ? =a", "t->e ? =b", "u1->e", t=task(default="u1")),
        "t_u1",
    ),
    Refused(
        "a default of another element",
        "default-unknown",
        draw("s->a->e", a=task(default="nowhere")),
    ),
    Refused(
        "a default without a condition beside it",
        "default-unconditional",
        draw("s->a->u1->e", "a->u2->e", a=task(default="u2")),
    ),
    Refused(
        "of a start event",
        "condition-misplaced",
        draw("s->e", "s->u ? =a", "u->e"),
        "s_u",
    ),
)
