"""What scopes do to each other: compensation, joins, calls."""

from engine_kit import (
    ESCALATION,
    MESSAGE,
    OTHER_MESSAGE,
    SIGNAL,
    TERMINATE,
    error,
    mapping,
)

from .case import Runs
from .cases_mixed import MIXED
from .draw import (
    UNDO,
    boundary,
    call,
    catch,
    draw,
    end,
    esp,
    job,
    node,
    sub,
    throw,
    undone,
    user,
)

AND = node("parallelGateway")
OR = node("inclusiveGateway")


MIXED.element(
    "Compensation and the rest",
    "10.7",
    Runs(
        "after an error",
        "The way behind the error event undoes what its own scope has completed.",
        draw(
            "s->a->j->e",
            "b->i->e2",
            a=user(),
            j=job(),
            c=undone("a", "ua"),
            b=boundary("j", error()),
            i=throw(UNDO),
        ),
        """
        s a+
        a : a- j+
        j!E1 : j! b i+ ua+ [ua]
        ua : ua- i- e2
        """,
    ),
    Runs(
        "inside a sub-process",
        "What was completed outside is left as it is.",
        draw(
            "s->v->a->e",
            v=user(),
            c=undone("v", "uv"),
            a=sub(draw("s1->u->i->e1", c1=undone("u", "uu"), i=throw(UNDO))),
        ),
        """
        s v+
        v : v- a+ s1 u+
        u : u- i+ uu+ [uu]
        uu : uu- i- e1 a- e
        """,
    ),
    Runs(
        "terminated while undoing",
        "The handler that runs is taken away with the case.",
        draw(
            "s->p->t->i->e",
            "p->u->ex",
            ex=end(TERMINATE),
            c=undone("t", "ut"),
            i=throw(UNDO),
        ),
        """
        s p {t i+ ut+ | u+}
        u : u- ex ut! i! []
        """,
        ends="terminate",
    ),
)
MIXED.element(
    "Joins and what ends beside them",
    "13.4.1, 13.4.3",
    Runs(
        "an inclusive join and a called process",
        "It waits as long as the call may still come.",
        draw("s->p->u1->n->u3->e", "p->a->n", n=OR, a=call()),
        """
        s p {u1+ | a+ sq uq+}
        u1 : u1- [uq]
        uq : uq- eq a- n u3+
        u3 : u3- e
        """,
        called={"q": draw("sq->uq->eq")},
    ),
    Runs(
        "an inclusive join and a handler beside",
        "A handler in the same scope can never reach it, and does not hold it.",
        draw(
            "s->p->u1->n->u3->e",
            "p->u2->x",
            "x->n ? =true",
            "x->e2",
            n=OR,
            x=node("exclusiveGateway", default="e2"),
            h=esp(OTHER_MESSAGE, interrupting=False),
        ),
        """
        s p {u1+ | u2+}
        M2 : h+ es uh+
        u1 : u1-
        u2 : u2- x n u3+ [es u3 uh]
        u3 : u3- e
        uh : uh- eh h-
        """,
    ),
    Runs(
        "signals to waiting branches",
        "One signal wakes every branch, and the join is full.",
        draw(
            "s->p->c->q->e",
            "p->d->q",
            "p->u->q",
            c=catch(SIGNAL),
            d=catch(SIGNAL),
            q=AND,
        ),
        """
        s p {c+ | d+ | u+}
        S1 : {c- | d-} [u]
        u : u- q e
        """,
    ),
)
MIXED.element(
    "Calls and what is thrown",
    "10.5.6, 13.3.4",
    Runs(
        "a signal from a called process",
        "Is heard in the whole case.",
        draw("s->p->a->e", "p->c->e", a=call(), c=catch(SIGNAL)),
        """
        s p {a+ sq uq+ | c+}
        uq : uq- iq S1^ {eq a- e | c- e}
        """,
        called={"q": draw("sq->uq->iq->eq", iq=throw(SIGNAL))},
    ),
    Runs(
        "a signal to a called process",
        "Is heard inside the call.",
        draw("s->p->a->e", "p->u->i->e", a=call(), i=throw(SIGNAL)),
        """
        s p {a+ sq cq+ | u+}
        u : u- i S1^ {cq- eq a- e | e}
        """,
        called={"q": draw("sq->cq->eq", cq=catch(SIGNAL))},
    ),
    Runs(
        "a signal that interrupts the call",
        "The called process goes with the signal that it has thrown itself.",
        draw("s->a->e", "b->w->e2", a=call(), w=user(), b=boundary("a", SIGNAL)),
        """
        s a+ sq uq+
        uq : uq- iq S1^ a! b w+ [w]
        w : w- e2
        """,
        called={"q": draw("sq->uq->iq->vq->eq", iq=throw(SIGNAL), vq=user())},
    ),
    Runs(
        "a message to each of two calls",
        "Each called process waits by the key that it has computed itself.",
        draw(
            "s->p->a->e",
            "p->b->e",
            a=call(maps=mapping("key<-1")),
            b=call(maps=mapping("key<-2")),
        ),
        """
        s p {a+ sq cq+ | b+ sq cq+} [cq cq]
        M1 : cq- eq a- e [cq]
        M1 : cq- eq b- e
        """,
        called={"q": draw("sq->cq->eq", cq=catch(MESSAGE))},
    ),
    Runs(
        "an escalation and an error, one after the other",
        "The first is caught beside, the second takes the call away.",
        draw(
            "s->a->e",
            "b->w->e2",
            "c->v->e3",
            a=call(),
            w=user(),
            v=user(),
            b=boundary("a", ESCALATION, False),
            c=boundary("a", error()),
        ),
        """
        s a+ sq iq {uq+ | b w+}
        uq : uq- xq a! c v+ [v w]
        w : w- e2
        v : v- e3
        """,
        called={"q": draw("sq->iq->uq->xq", iq=throw(ESCALATION), xq=end(error()))},
    ),
)
