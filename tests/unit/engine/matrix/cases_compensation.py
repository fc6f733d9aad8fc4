"""Compensation: what was completed is undone."""

from engine_kit import MESSAGE, mapping, timer

from .case import Group, Refused, Runs
from .draw import (
    UNDO,
    boundary,
    draw,
    end,
    esp,
    job,
    node,
    script,
    sub,
    task,
    throw,
    undo,
    undone,
    user,
)

COMPENSATION = Group(
    "Compensation",
    "Completed activities are undone once each, the last completed first; what was "
    "never completed is not.",
)
TWO = {"c1": undone("a", "ua"), "c2": undone("b", "ub"), "a": user(), "b": user()}


def two(*chains, **more):
    return draw(*chains, **{**TWO, "z": user(), **more})


COMPENSATION.element(
    "Compensation throw event",
    "10.7, 13.5.5",
    Runs(
        "the last first",
        "The thrower goes on when the last handler is done.",
        two("s->a->b->i->z->e", i=throw(UNDO)),
        """
        s a+
        a : a- b+
        b : b- i+ ub+ [ub]
        ub : ub- ua+ [ua]
        ua : ua- i- z+
        z : z- e
        """,
    ),
    Runs(
        "by the order of completion",
        "Of parallel branches the one that was completed last is undone first.",
        two("s->p->a->q->i->z->e", "p->b->q", i=throw(UNDO), q=node("parallelGateway")),
        """
        s p {a+ | b+}
        b : b-
        a : a- q i+ ua+ [ua]
        ua : ua- ub+ [ub]
        ub : ub- i- z+
        z : z- e
        """,
    ),
    Runs(
        "nothing completed",
        "Passes.",
        two("s->i->a->b->z->e", i=throw(UNDO)),
        """
        s i a+
        a : a- b+
        b : b- z+
        z : z- e
        """,
    ),
    Runs(
        "only what was completed",
        "What still runs is neither undone nor interrupted.",
        two("s->p->a->i->z->e", "p->b->e", i=throw(UNDO)),
        """
        s p {a+ | b+}
        a : a- i+ ua+ [b ua]
        ua : ua- i- z+ [b z]
        b : b- e
        z : z- e
        """,
    ),
    Runs(
        "one activity by name",
        "The others are left as they are.",
        two("s->a->b->i->z->e", i=throw(undo("a"))),
        """
        s a+
        a : a- b+
        b : b- i+ ua+
        ua : ua- i- z+
        z : z- e
        """,
    ),
    Runs(
        "thrown twice",
        "What was undone is not undone again.",
        two("s->a->i->k->b->z->e", i=throw(UNDO), k=throw(UNDO)),
        """
        s a+
        a : a- i+ ua+
        ua : ua- i- k b+
        b : b- z+
        z : z- e
        """,
    ),
    Runs(
        "an activity that ran twice",
        "Is undone once for each time.",
        two(
            "s->m->a->x->i->b->z->e",
            "x->m ? =again",
            i=throw(UNDO),
            m=node("exclusiveGateway"),
            x=node("exclusiveGateway", default="i"),
        ),
        """
        s m a+
        a again=true : a- x m a+
        a again=false : a- x i+ ua+
        ua : ua- ua+
        ua : ua- i- b+
        b : b- z+
        z : z- e
        """,
    ),
    Runs(
        "what was interrupted",
        "Was not completed, so it is not undone.",
        two("s->a->b->z->e", "d->i->e", i=throw(UNDO), d=boundary("b", timer())),
        """
        s a+
        a : a- b+
        +PT1H : b! d i+ ua+ [ua]
        ua : ua- i- e
        """,
    ),
    Runs(
        "what the handlers see and write",
        "They see the variables of their scope as they are now.",
        draw(
            "s->t->i->z->e",
            i=throw(UNDO),
            z=user(),
            t=script("=n + 1", "n"),
            c=undone("t", "ut", lambda **on: script("=n * 10", "n", **on)),
        ),
        """
        s t i+ ut i- z+
        z : z- e
        """,
        {"n": 1},
        left={"n": 20},
    ),
    Runs(
        "jobs as handlers",
        "The job maps what it gives and takes.",
        draw(
            "s->t->i->e",
            i=throw(UNDO),
            c=undone("t", "ut", lambda **on: job(maps=mapping("k<-n", "r<-y"), **on)),
        ),
        """
        s t i+ ut+ [ut]
        ut y=5 : ut- i- e
        """,
        {"n": 1},
        left={"n": 1, "r": 5},
    ),
    Runs(
        "a sub-process as handler",
        "It is done when its last token has ended.",
        draw(
            "s->t->i->e",
            i=throw(UNDO),
            c=undone("t", "ut", lambda **on: sub(draw("s1->u->e1"), **on)),
        ),
        """
        s t i+ ut+ s1 u+ [u]
        u : u- e1 ut- i- e
        """,
    ),
    Runs(
        "a call as handler",
        "It is done when the called process is.",
        draw(
            "s->t->i->e",
            i=throw(UNDO),
            c=undone(
                "t",
                "ut",
                lambda **on: node(
                    "callActivity",
                    '<bpmn:extensionElements><zeebe:calledElement processId="q"/>'
                    "</bpmn:extensionElements>",
                    **on,
                ),
            ),
        ),
        """
        s t i+ ut+ sq uq+ [uq]
        uq : uq- eq ut- i- e
        """,
        called={"q": draw("sq->uq->eq")},
    ),
    Runs(
        "a handler that fails",
        "Is held with an incident; the rest is undone after the retry.",
        draw(
            "s->t->v->i->e",
            i=throw(UNDO),
            v=task(),
            c2=undone("t", "ut"),
            c=undone("v", "uv", lambda **on: script("=boom", **on)),
        ),
        """
        s t v i+ uv+ uv?
        uv~ boom=1 : uv- ut+
        ut : ut- i- e
        """,
    ),
    Runs(
        "interrupted while undoing",
        "The handler that runs is taken away with its scope.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", timer()),
            a=sub(draw("s1->t->i->e1", c=undone("t", "ut"), i=throw(UNDO))),
        ),
        """
        s a+ s1 t i+ ut+ [b ut]
        +PT1H : ut! i! a! b w+ [w]
        w : w- e2
        """,
    ),
    Refused(
        "an activity that nothing undoes",
        "compensation-invalid",
        draw("s->u->a->e", a=throw(undo("u"))),
    ),
    Refused(
        "without waiting for it",
        "attribute-not-run",
        draw(
            "s->a->e",
            a=throw('<bpmn:compensateEventDefinition waitForCompletion="false"/>'),
        ),
    ),
    Refused(
        "in an event sub-process",
        "compensation-invalid",
        draw("s->e", h=esp(MESSAGE, draw("es->a->eh", a=throw(UNDO)))),
    ),
    Refused(
        "past what is further inside",
        "compensation-invalid",
        draw(
            "s->b->a->e", a=throw(UNDO), b=sub(draw("s1->t->e1", c=undone("t", "ut")))
        ),
    ),
)
COMPENSATION.element(
    "Compensation end event",
    "10.5.4, 10.7",
    Runs(
        "undoes and ends",
        "The token ends when the last handler is done.",
        two(
            "s->a->b->x",
            "x->i",
            "x->z ? =false",
            "z->e",
            i=end(UNDO),
            x=node("exclusiveGateway", default="i"),
        ),
        """
        s a+
        a : a- b+
        b : b- x i+ ub+
        ub : ub- ua+
        ua : ua- i-
        """,
    ),
    Runs(
        "of a sub-process",
        "Undoes within the sub-process, which is done after it.",
        draw("s->a->e", a=sub(draw("s1->t->i", c=undone("t", "ut"), i=end(UNDO)))),
        """
        s a+ s1 t i+ ut+
        ut : ut- i- a- e
        """,
    ),
)
