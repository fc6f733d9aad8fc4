"""Sequence flows, and the gateways that choose, split and join."""

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
    Refused("two to the same element", "flow-doubled", draw("s->t->e").replace(
        "</bpmn:sequenceFlow>",
        '</bpmn:sequenceFlow><bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>',
        1)),
    Refused("to nowhere", "flow-dangling", draw("s->t->e", "t->z").replace(
        '<bpmn:task id="z"></bpmn:task>', ""), "t_z"),
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
        draw("s->t", "t->u1 ? =a", "t->u2 ? =b", "t->u3 ? =c",
             "u1->e", "u2->e", "u3->e"),
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
        draw("s->t", "t->u1 ? =n > 1", "t->u2", "t->u3", "u1->e", "u2->e", "u3->e",
             t=task(default="u3")),
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
        "The answer is kept for the retry, and wins over a variable of its name.",
        draw("s->u", "u->u1 ? =n > m", "u->u2 ? =n > m + 1", "u1->e", "u2->e"),
        """
        s u+
        u n=1 : u?
        u~ n=9 : u?
        u~ m=0 : u- u1+
        u1 : u1- e
        """,
        {"m": 1},
    ),
    Runs(
        "what the task answers",
        "The condition sees the answers of the task that it leaves.",
        draw("s->u", "u->u1 ? =ok", "u->u2", "u1->e", "u2->e",
             u=user(default="u2")),
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
    Refused("no FEEL", "condition-not-feel", draw(
        "s->t", "t->u1 ? n > 1", "t->e", "u1->e"), "t_u1"),
    Refused("a default that has a condition", "default-conditional", draw(
        "s->t", "t->u1 ? =a", "t->e ? =b", "u1->e", t=task(default="u1")), "t_u1"),
    Refused("a default of another element", "default-unknown", draw(
        "s->a->e", a=task(default="nowhere"))),
    Refused("a default without a condition beside it", "default-unconditional", draw(
        "s->a->u1->e", "a->u2->e", a=task(default="u2"))),
    Refused("of a start event", "condition-misplaced", draw(
        "s->e", "s->u ? =a", "u->e"), "s_u"),
)

GATEWAYS = Group("Gateways", "They choose, split and join; they do no work.")

GATEWAYS.element(
    "Exclusive gateway",
    "10.6.2, 13.4.2",
    Runs(
        "first true flow",
        "The first flow, in the order of the file, whose condition holds.",
        draw("s->x", "x->u1 ? =n > 5", "x->u2 ? =n > 1", "x->u3 ? =n > 0",
             "u1->e", "u2->e", "u3->e"),
        """
        s x u2+
        u2 : u2- e
        """,
        {"n": 3},
    ),
    Runs(
        "default",
        "When no condition holds, the default flow, wherever it stands.",
        draw("s->x", "x->u1", "x->u2 ? =n > 5", "u1->e", "u2->e", x=xor("u1")),
        """
        s x u1+
        u1 : u1- e
        """,
        {"n": 3},
    ),
    Runs(
        "a condition before the default",
        "A flow whose condition holds goes before the default.",
        draw("s->x", "x->u1", "x->u2 ? =n > 1", "u1->e", "u2->e", x=xor("u1")),
        """
        s x u2+
        u2 : u2- e
        """,
        {"n": 3},
    ),
    Runs(
        "no flow",
        "No condition holds and there is no default: an incident, nothing moves.",
        draw("s->x", "x->u1 ? =n > 5", "x->u2 ? =n < 0", "u1->e", "u2->e"),
        """
        s x+ x? []
        x~ n=6 : x- u1+
        u1 : u1- e
        """,
        {"n": 3},
    ),
    Runs(
        "merge",
        "Each token passes by itself: there is no waiting.",
        draw("s->p->u1->x->u->e", "p->u2->x"),
        """
        s p {u1+ | u2+}
        u1 : u1- x u+ [u u2]
        u2 : u2- x u+ [u u]
        u : u- e
        u : u- e
        """,
    ),
    Runs(
        "merge and choice in one",
        "A mixed gateway does both for each token.",
        draw("s->x->u->x", "x->e ? =n > 1", x=xor("u")),
        """
        s x u+
        u n=1 : u- x u+
        u n=2 : u- x e
        """,
        {"n": 0},
    ),
    Runs(
        "one unconditional flow",
        "A gateway with one flow takes it.",
        draw("s->x->e"),
        "s x e",
    ),
    Runs(
        "an unknown variable in a condition",
        "An incident, even where the value would not matter.",
        draw("s->x", "x->u1 ? =mising = 1", "x->u2", "u1->e", "u2->e", x=xor("u2")),
        """
        s x+ x?
        x~ mising=1 : x- u1+
        u1 : u1- e
        """,
    ),
    Refused("a flow without condition", "condition-missing", draw(
        "s->x", "x->u1 ? =n", "x->u2", "u1->e", "u2->e"), "x_u2"),
    Refused("two flows to the same element", "flow-doubled", draw(
        "s->x", "x->e ? =n", "x->e ? =m").replace("x_e", "a", 1), "x_e"),
)
GATEWAYS.element(
    "Parallel gateway",
    "10.6.4, 13.4.1",
    Runs(
        "fork and join",
        "All flows are taken; the join waits for one token on each.",
        draw("s->p->u1->q->e", "p->u2->q", "p->u3->q", q=AND),
        """
        s p {u1+ | u2+ | u3+} [u1 u2 u3]
        u2 : u2-
        u3 : u3-
        u1 : u1- q e
        """,
    ),
    Runs(
        "what the branches write",
        "Two branches that write different variables both keep them at the join.",
        draw("s->p->u1->q->u->e", "p->u2->q", q=AND),
        """
        s p {u1+ | u2+}
        u1 a=1 : u1-
        u2 b=2 : u2- q u+
        u : u- e
        """,
        {"status": "new"},
        sees={"u": {"status": "new", "a": 1, "b": 2}},
        left={"status": "new", "a": 1, "b": 2},
    ),
    Runs(
        "what a branch changes",
        "A branch that does not touch a variable does not undo the other's write.",
        draw("s->p->u1->q->u->e", "p->u2->q", q=AND),
        """
        s p {u1+ | u2+}
        u1 status="done" : u1-
        u2 : u2- q u+
        u : u- e
        """,
        {"status": "new"},
        left={"status": "done"},
    ),
    Runs(
        "join and fork in one",
        "A mixed gateway waits for all, then takes all.",
        draw("s->p->u1->q->u3->e", "p->u2->q", "q->u4->e", q=AND),
        """
        s p {u1+ | u2+}
        u1 : u1-
        u2 : u2- q {u3+ | u4+}
        u3 : u3- e
        u4 : u4- e
        """,
    ),
    Runs(
        "nested",
        "Each join waits for its own flows.",
        draw("s->p->u1->q->e", "p->p2->u2->q2->q", "p2->u3->q2", q=AND, q2=AND),
        """
        s p {u1+ | p2 {u2+ | u3+}} [u1 u2 u3]
        u1 : u1-
        u3 : u3-
        u2 : u2- q2 q e
        """,
    ),
    Runs(
        "two tokens on one flow",
        "The second token on a flow waits for the next round of the join.",
        draw("s->p->t1->x->u1->q->u->e", "p->t2->x", "p->u2->q", "p->u3->y->q",
             "p->u4->y", y=XOR, q=AND),
        """
        s p {t1 x u1+ | t2 x u1+ | u2+ | u3+ | u4+} [u1 u1 u2 u3 u4]
        u1 : u1-
        u1 : u1-
        u3 : u3- y
        u4 : u4- y
        u2 : u2- q u+ [u]
        u : u- e []
        """,
        ends="open",
    ),
    Runs(
        "a join that is never full",
        "The token waits for ever: the case stays open, and nothing else happens.",
        draw("s->x->u1->q->e", "x->u2 ? =a", "u2->q", q=AND, x=xor("u1")),
        """
        s x u1+
        u1 : u1- []
        """,
        {"a": False},
        ends="open",
    ),
    Runs(
        "a loop around fork and join",
        "Every round is a round of its own.",
        draw("s->m->p->u1->q->x->e", "p->u2->q", "x->m ? =again", m=XOR, q=AND,
             x=xor("e")),
        """
        s m p {u1+ | u2+}
        u1 : u1-
        u2 again=true : u2- q x m p {u1+ | u2+}
        u2 again=false : u2-
        u1 : u1- q x e
        """,
    ),
    Refused("a condition on its flow", "condition-misplaced", draw(
        "s->p", "p->u1 ? =x", "p->u2", "u1->e", "u2->e"), "p_u1"),
    Refused("a default flow", "attribute-unknown", draw(
        "s->p->u1->e", "p->u2->e", p=node("parallelGateway", default="u1")), "p"),
)
GATEWAYS.element(
    "Complex gateway",
    "10.6.5",
    Refused("any", "element-not-run", draw("s->a->e", a=node("complexGateway"))),
)
