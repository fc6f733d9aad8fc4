"""Gateways that choose, split and join, but for inclusive ones."""

from .case import Group, Refused, Runs
from .draw import draw, node, xor

AND = node("parallelGateway")
XOR = node("exclusiveGateway")


GATEWAYS = Group("Gateways", "They choose, split and join; they do no work.")

GATEWAYS.element(
    "Exclusive gateway",
    "10.6.2, 13.4.2",
    Runs(
        "first true flow",
        "The first flow, in the order of the file, whose condition holds.",
        draw(
            "s->x",
            "x->u1 ? =n > 5",
            "x->u2 ? =n > 1",
            "x->u3 ? =n > 0",
            "u1->e",
            "u2->e",
            "u3->e",
        ),
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
    Refused(
        "a flow without condition",
        "condition-missing",
        draw("s->x", "x->u1 ? =n", "x->u2", "u1->e", "u2->e"),
        "x_u2",
    ),
    Refused(
        "two flows to the same element",
        "flow-doubled",
        draw("s->x", "x->e ? =n", "x->e ? =m").replace("x_e", "a", 1),
        "x_e",
    ),
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
        draw(
            "s->p->t1->x->u1->q->u->e",
            "p->t2->x",
            "p->u2->q",
            "p->u3->y->q",
            "p->u4->y",
            y=XOR,
            q=AND,
        ),
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
        draw(
            "s->m->p->u1->q->x->e",
            "p->u2->q",
            "x->m ? =again",
            m=XOR,
            q=AND,
            x=xor("e"),
        ),
        """
        s m p {u1+ | u2+}
        u1 : u1-
        u2 again=true : u2- q x m p {u1+ | u2+}
        u2 again=false : u2-
        u1 : u1- q x e
        """,
    ),
    Refused(
        "a condition on its flow",
        "condition-misplaced",
        draw("s->p", "p->u1 ? =x", "p->u2", "u1->e", "u2->e"),
        "p_u1",
    ),
    Refused(
        "a default flow",
        "attribute-unknown",
        draw("s->p->u1->e", "p->u2->e", p=node("parallelGateway", default="u1")),
        "p",
    ),
)
GATEWAYS.element(
    "Complex gateway",
    "10.6.5",
    Refused("any", "element-not-run", draw("s->a->e", a=node("complexGateway"))),
)
