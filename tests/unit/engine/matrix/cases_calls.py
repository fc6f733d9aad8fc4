"""Call activities."""

from engine_kit import mapping

from .case import Group, Refused, Runs
from .draw import call, draw, ext, node, script, user

CALLS = Group(
    "Call activities",
    "Another process of the same release runs as part of the case, with variables of "
    "its own.",
)
CALLED = {"q": draw("sq->uq->eq")}
BODY = ("s->a->w->e",)


def calling(**attributes):
    return draw(*BODY, a=call(**attributes), w=user())


CALLS.element(
    "Call activity",
    "10.3.6, 13.3.4",
    Runs(
        "there and back",
        "The called process sees a copy; what it has written comes back at its end.",
        calling(),
        """
        s a+ sq uq+ [uq]
        uq r=2 : uq- eq a- w+
        w : w- e
        """,
        {"n": 1},
        sees={"uq": {"n": 1}, "w": {"n": 1, "r": 2}},
        called=CALLED,
        left={"n": 1, "r": 2},
    ),
    Runs(
        "only the inputs",
        "With propagateAllParentVariables false it sees its input mappings alone.",
        calling(maps=mapping("k<-n + 1"), propagateAllParentVariables="false"),
        """
        s a+ sq uq+
        uq r=2 : uq- eq a- w+
        w : w- e
        """,
        {"n": 1},
        sees={"uq": {"k": 2}},
        called=CALLED,
        left={"n": 1, "r": 2},
    ),
    Runs(
        "only the outputs",
        "With an output mapping only what it names comes back.",
        calling(maps=mapping("", "got<-r + n")),
        """
        s a+ sq uq+
        uq r=2 n=5 : uq- eq a- w+
        w : w- e
        """,
        {"n": 1},
        called=CALLED,
        left={"n": 1, "got": 7},
    ),
    Runs(
        "nothing back",
        "With propagateAllChildVariables false nothing comes back.",
        calling(propagateAllChildVariables="false"),
        """
        s a+ sq uq+
        uq r=2 : uq- eq a- w+
        w : w- e
        """,
        {"n": 1},
        called=CALLED,
        left={"n": 1},
    ),
    Runs(
        "copies that it did not touch",
        "Do not undo what other branches wrote meanwhile.",
        draw("s->p->a->q->e", "p->w->q", a=call(), w=user(), q=node("parallelGateway")),
        """
        s p {a+ sq uq+ | w+}
        w n=2 : w-
        uq r=3 : uq- eq a- q e
        """,
        {"n": 1},
        called=CALLED,
        left={"n": 2, "r": 3},
    ),
    Runs(
        "a call in a called process",
        "Calls may be nested.",
        calling(),
        """
        s a+ s1 c+ sr ur+ [ur]
        ur r=1 : ur- er c- e1 a- w+
        w : w- e
        """,
        called={"r": draw("sr->ur->er"), "q": draw("s1->c->e1", c=call("r"))},
        left={"r": 1},
    ),
    Runs(
        "by an expression",
        "The process is chosen when the activity begins.",
        calling(process="=which"),
        """
        s a+ sr ur+
        ur : ur- er a- w+
        w : w- e
        """,
        {"which": "r"},
        called={**CALLED, "r": draw("sr->ur->er")},
    ),
    Runs(
        "a process that is not there",
        "An incident; a retry asks again.",
        calling(process="=which"),
        """
        s a+ a? []
        a~ which="q" : sq uq+
        uq : uq- eq a- w+
        w : w- e
        """,
        {"which": "nowhere"},
        called=CALLED,
    ),
    Runs(
        "a fault inside",
        "Holds the element inside; the rest of the case goes on.",
        draw("s->p->a->e", "p->w->e", a=call(), w=user()),
        """
        s p {a+ sq cq+ cq? | w+} [w]
        w : w- e
        cq~ x=1 : cq- eq a- e
        """,
        called={"q": draw("sq->cq->eq", cq=script("=x"))},
        left={"r": 1, "x": 1},
    ),
    Refused(
        "without a process", "called-missing", draw("s->a->e", a=node("callActivity"))
    ),
    Refused(
        "named twice",
        "called-twice",
        draw(
            "s->a->e",
            a=node(
                "callActivity",
                ext('<zeebe:calledElement processId="q"/>'),
                calledElement="q",
            ),
        ),
    ),
    Refused(
        "a version that is not of this release",
        "attribute-not-run",
        draw("s->a->e", a=call(bindingType="latest")),
    ),
)
