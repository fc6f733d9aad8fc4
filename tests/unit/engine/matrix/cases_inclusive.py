"""Inclusive gateways: what they take, and how long a join of theirs waits."""

from engine_kit import timer

from .case import Group, Refused, Runs
from .draw import boundary, draw, end, ior, node, sub, xor

INCLUSIVE = Group(
    "Inclusive gateways",
    "A join waits while a token elsewhere could still come on a flow that has none, "
    "and could not come on one that has (BPMN 2.0.2, table 13.3).",
)
AND = node("parallelGateway")
XOR = node("exclusiveGateway")
OR = node("inclusiveGateway")
SPLIT = ("s->o", "o->u1 ? =a", "o->u2 ? =b", "o->u3 ? =c")
JOINED = ("u1->n", "u2->n", "u3->n", "n->e")

INCLUSIVE.element(
    "Inclusive gateway",
    "10.6.3, 13.4.3",
    Runs(
        "some flows",
        "Every flow whose condition holds; the join waits for these alone.",
        draw(*SPLIT, *JOINED, n=OR),
        """
        s o {u1+ | u3+} [u1 u3]
        u3 : u3-
        u1 : u1- n e
        """,
        {"a": True, "b": False, "c": True},
    ),
    Runs(
        "all flows",
        "The join waits for every one.",
        draw(*SPLIT, *JOINED, n=OR),
        """
        s o {u1+ | u2+ | u3+}
        u1 : u1-
        u2 : u2-
        u3 : u3- n e
        """,
        {"a": True, "b": True, "c": True},
    ),
    Runs(
        "one flow",
        "The join does not wait.",
        draw(*SPLIT, *JOINED, n=OR),
        """
        s o u2+
        u2 : u2- n e
        """,
        {"a": False, "b": True, "c": False},
    ),
    Runs(
        "default",
        "When no condition holds, the default flow alone.",
        draw(
            "s->o", "o->u1 ? =a", "o->u2", "u1->n", "u2->n", "n->e", o=ior("u2"), n=OR
        ),
        """
        s o u2+
        u2 : u2- n e
        """,
        {"a": False},
    ),
    Runs(
        "a condition beside the default",
        "The default is not taken when a condition holds.",
        draw(
            "s->o", "o->u1 ? =a", "o->u2", "u1->n", "u2->n", "n->e", o=ior("u2"), n=OR
        ),
        """
        s o u1+
        u1 : u1- n e
        """,
        {"a": True},
    ),
    Runs(
        "no flow",
        "No condition holds and there is no default: an incident.",
        draw(*SPLIT, *JOINED, n=OR),
        """
        s o+ o? []
        o~ b=true : o- u2+
        u2 : u2- n e
        """,
        {"a": False, "b": False, "c": False},
    ),
    Runs(
        "join and split in one",
        "A mixed gateway joins first, then chooses.",
        draw("s->p->u1->o", "p->u2->o", "o->u3 ? =a", "o->u4 ? =b", "u3->e", "u4->e"),
        """
        s p {u1+ | u2+}
        u1 a=true : u1-
        u2 : u2- o {u3+ | u4+}
        u3 : u3- e
        u4 : u4- e
        """,
        {"a": False, "b": True},
    ),
    Refused(
        "a flow without condition",
        "condition-missing",
        draw("s->o", "o->u1 ? =a", "o->u2", "u1->e", "u2->e"),
        "o_u2",
    ),
)
INCLUSIVE.element(
    "Inclusive join in tricky places",
    "13.4.3",
    Runs(
        "after a parallel fork",
        "It waits for all branches, as a parallel join would.",
        draw("s->p->u1->n->e", "p->u2->n", n=OR),
        """
        s p {u1+ | u2+}
        u1 : u1-
        u2 : u2- n e
        """,
    ),
    Runs(
        "a branch that ends elsewhere",
        "When the other token has gone another way, nothing is waited for any more.",
        draw("s->p->u1->n->u3->e", "p->u2->x", "x->n ? =a", "x->e2", n=OR, x=xor("e2")),
        """
        s p {u1+ | u2+}
        u1 : u1-
        u2 : u2- {x e2 | n u3+} [u3]
        u3 : u3- e
        """,
        {"a": False},
    ),
    Runs(
        "a branch that may still come",
        "While a token could still reach a free flow, the join waits.",
        draw("s->p->u1->n->u3->e", "p->u2->x", "x->n ? =a", "x->e2", n=OR, x=xor("e2")),
        """
        s p {u1+ | u2+}
        u1 : u1- [u2]
        u2 : u2- x n u3+
        u3 : u3- e
        """,
        {"a": True},
    ),
    Runs(
        "two tokens on one flow, one after the other",
        "A second token on a flow that has one does not hold the join.",
        draw("s->p->u1->x->n->u3->e", "p->u2->x", x=XOR, n=OR),
        """
        s p {u1+ | u2+}
        u1 : u1- x n u3+ [u2 u3]
        u2 : u2- x n u3+ [u3 u3]
        u3 : u3- e
        u3 : u3- e
        """,
    ),
    Runs(
        "a token that reaches a filled and an empty flow",
        "Who can also reach a flow that has a token does not hold the join: u2 may "
        "come on either flow, and one of them is filled.",
        draw(
            "s->p->u1->y->n->u3->e",
            "p->u2->x",
            "x->y ? =a",
            "x->n",
            n=OR,
            x=xor("n"),
            y=XOR,
        ),
        """
        s p {u1+ | u2+} [u1 u2]
        u1 : u1- y n u3+ [u2 u3]
        u2 : u2- x n u3+ [u3 u3]
        u3 : u3- e
        u3 : u3- e
        """,
        {"a": False},
    ),
    Runs(
        "in a loop",
        "Every round chooses and joins by itself.",
        draw(
            "s->m->o",
            "o->u1 ? =a",
            "o->u2 ? =b",
            "u1->n",
            "u2->n",
            "n->x->e",
            "x->m ? =again",
            m=XOR,
            n=OR,
            x=xor("e"),
        ),
        """
        s m o {u1+ | u2+}
        u1 : u1-
        u2 a=false again=true : u2- n x m o u2+
        u2 again=false : u2- n x e
        """,
        {"a": True, "b": True},
    ),
    Runs(
        "a loop back into the join itself",
        "What can come only through the join itself does not hold it.",
        draw("s->n->u->x->e", "x->n ? =again", n=OR, x=xor("e")),
        """
        s n u+
        u again=true : u- x n u+
        u again=false : u- x e
        """,
    ),
    Runs(
        "one join behind another",
        "The second waits for what the first still holds.",
        draw("s->p->u1->n->n2->e", "p->u2->n", "p->u3->n2", n=OR, n2=OR),
        """
        s p {u1+ | u2+ | u3+}
        u3 : u3-
        u1 : u1- [u2]
        u2 : u2- n n2 e
        """,
    ),
    Runs(
        "a boundary event of a running activity",
        "It waits for what a boundary event may still bring.",
        draw(
            "s->p->u1->n->u3->e", "p->u2->e2", "b->n", n=OR, b=boundary("u2", timer())
        ),
        """
        s p {u1+ | u2+}
        u1 : u1- [b u2]
        +PT1H : u2! b n u3+
        u3 : u3- e
        """,
    ),
    Runs(
        "a boundary event that can no longer happen",
        "When its activity is done, the join goes on.",
        draw(
            "s->p->u1->n->u3->e", "p->u2->e2", "b->n", n=OR, b=boundary("u2", timer())
        ),
        """
        s p {u1+ | u2+}
        u1 : u1- [b u2]
        u2 : u2- {e2 | n u3+}
        u3 : u3- e
        """,
    ),
    Runs(
        "an interrupted branch",
        "A token that is taken away holds nothing any more.",
        draw(
            "s->p->u1->n->u3->e", "p->u2->n", "b->e2", n=OR, b=boundary("u2", timer())
        ),
        """
        s p {u1+ | u2+}
        u1 : u1- [b u2]
        +PT1H : u2! b {e2 | n u3+}
        u3 : u3- e
        """,
    ),
    Runs(
        "inside a sub-process",
        "Tokens outside the sub-process do not hold its join.",
        draw(
            "s->p->a->q->e",
            "p->u3->q",
            a=sub(draw("s1->p1->u1->n->e1", "p1->u2->n", n=OR)),
            q=AND,
        ),
        """
        s p {a+ s1 p1 {u1+ | u2+} | u3+} [u1 u2 u3]
        u2 : u2-
        u1 : u1- n e1 a-
        u3 : u3- q e
        """,
    ),
    Runs(
        "a way that splits from a boundary event",
        "A token from a non-interrupting boundary event is awaited too.",
        draw("s->u1->n->u3->e", "b->u2->n", n=OR, b=boundary("u1", timer(), False)),
        """
        s u1+ [b u1]
        +PT1H : b u2+ [u1 u2]
        u1 : u1- [u2]
        u2 : u2- n u3+
        u3 : u3- e
        """,
    ),
    Runs(
        "a dead end beside it",
        "A token that waits where it can never reach the join does not hold it.",
        draw("s->p->u1->n->u3->e", "p->u2->e2", "p->u4->n", n=OR, e2=end("")),
        """
        s p {u1+ | u2+ | u4+}
        u1 : u1-
        u4 : u4- n u3+ [u2 u3]
        u3 : u3- e
        u2 : u2- e2
        """,
    ),
)
