"""What can be compensated: sub-processes, calls, items."""

from engine_kit import MESSAGE, loop, multi

from .case import Refused, Runs
from .cases_compensation import COMPENSATION, two
from .draw import (
    UNDO,
    boundary,
    call,
    draw,
    esp,
    sub,
    throw,
    undone,
    user,
)

COMPENSATION.element(
    "Compensation boundary event",
    "10.5.3, 10.7",
    Runs(
        "of a sub-process",
        "A completed sub-process is undone as a whole, not what was done inside.",
        draw(
            "s->a->i->e",
            i=throw(UNDO),
            c=undone("a", "ua"),
            a=sub(draw("s1->t->e1", c2=undone("t", "ut"))),
        ),
        """
        s a+ s1 t e1 a- i+ ua+ [ua]
        ua : ua- i- e
        """,
    ),
    Runs(
        "of a call activity",
        "A completed call is undone as a whole.",
        draw("s->a->i->e", i=throw(UNDO), a=call(), c=undone("a", "ua")),
        """
        s a+ sq uq+
        uq : uq- eq a- i+ ua+
        ua : ua- i- e
        """,
        called={"q": draw("sq->uq->eq")},
    ),
    Runs(
        "inside an item",
        "Each item of a multi-instance undoes what it has done itself.",
        draw(
            "s->a->e",
            a=sub(
                draw("s1->u->i->e1", c=undone("u", "uu"), i=throw(UNDO)), multi("true")
            ),
        ),
        """
        s a+ s1 u+
        u : u- i+ uu+
        uu : uu- i- e1 s1 u+
        u : u- i+ uu+
        uu : uu- i- e1 a- e
        """,
        {"xs": [1, 2]},
    ),
    Runs(
        "a handler that is never asked for",
        "Nothing is left of it when the case ends.",
        two("s->a->b->z->e"),
        """
        s a+
        a : a- b+
        b : b- z+
        z : z- e []
        """,
    ),
    Refused(
        "of what repeats",
        "compensation-invalid",
        draw("s->u->e", u=user(multi()), a=undone("u", "uu")),
    ),
    Refused(
        "of a loop",
        "compensation-invalid",
        draw("s->u->e", u=user(loop(loopMaximum="2")), a=undone("u", "uu")),
    ),
    Refused(
        "in an event sub-process",
        "compensation-invalid",
        draw("s->e", h=esp(MESSAGE, draw("es->u->eh", a=undone("u", "uu")))),
    ),
    Refused(
        "without a handler",
        "compensation-invalid",
        draw("s->u->e", a=boundary("u", UNDO)),
    ),
    Refused(
        "with a flow",
        "compensation-invalid",
        draw("s->u->e", "a->e2", a=undone("u", "uu")),
    ),
    Refused(
        "twice at one activity",
        "compensation-invalid",
        draw("s->u->e", b=undone("u", "uu"), a=undone("u", "uv")),
    ),
    Refused(
        "a handler with a flow",
        "compensation-invalid",
        draw("s->u->e", "a->e", b=undone("u", "a")),
    ),
    Refused(
        "a handler that nothing leads to",
        "compensation-invalid",
        draw("s->e", a=user(isForCompensation="true")),
    ),
    Refused(
        "a handler that repeats",
        "compensation-invalid",
        draw("s->u->e", b=undone("u", "a", lambda **on: user(multi(), **on))),
    ),
)
