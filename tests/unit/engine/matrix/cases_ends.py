"""End events, and sub-processes: what ends what."""

from engine_kit import MESSAGE, SIGNAL, TERMINATE, mapping, multi, timer

from .case import Group, Refused, Runs
from .draw import (
    boundary,
    call,
    catch,
    draw,
    end,
    message_out,
    node,
    script,
    sub,
    user,
)

ENDS = Group("End events", "An end ends its token; the case ends with the last one.")
AND = node("parallelGateway")

ENDS.element(
    "None end event",
    "10.5.4, 13.5.6",
    Runs(
        "two ends",
        "The case goes on until the last token has ended.",
        draw("s->p->u1->e1", "p->u2->e2"),
        """
        s p {u1+ | u2+}
        u2 : u2- e2 [u1]
        u1 : u1- e1
        """,
    ),
    Runs(
        "none drawn",
        "A token ends where no flow leaves.",
        draw("s->u"),
        """
        s u+
        u : u-
        """,
    ),
)
ENDS.element(
    "Terminate end event",
    "10.5.4, 13.5.6",
    Runs(
        "of the process",
        "Everything else is taken away, and the case ends.",
        draw(
            "s->p->u->ex",
            "p->v->e",
            "p->c->e",
            "b->e",
            v=user(),
            ex=end(TERMINATE),
            c=catch(MESSAGE),
            b=boundary("v", timer()),
        ),
        """
        s p {u+ | v+ | c+} [b c u v]
        u : u- ex v! c! []
        """,
        ends="terminate",
    ),
    Runs(
        "as the last token",
        "The case ends there.",
        draw("s->ex", ex=end(TERMINATE)),
        "s ex",
        ends="terminate",
    ),
    Runs(
        "of a sub-process",
        "Ends this sub-process only; its flow is taken.",
        draw(
            "s->p->a->w->e",
            "p->z->e",
            w=user(),
            z=user(),
            a=sub(draw("s1->p1->u->ex", "p1->v->e1", v=user(), ex=end(TERMINATE))),
        ),
        """
        s p {a+ s1 p1 {u+ | v+} | z+}
        u : u- ex v! a- w+ [w z]
        w : w- e
        z : z- e
        """,
    ),
    Runs(
        "with sub-processes inside",
        "All that runs further inside is taken away too.",
        draw(
            "s->a->e",
            a=sub(
                draw(
                    "s1->p1->u->ex",
                    "p1->c->e1",
                    ex=end(TERMINATE),
                    c=sub(draw("s2->v->e3", v=user())),
                )
            ),
        ),
        """
        s a+ s1 p1 {u+ | c+ s2 v+}
        u : u- ex v! c! a- e
        """,
    ),
    Runs(
        "of a called process",
        "Ends the called process only; the caller goes on.",
        draw("s->a->w->e", a=call(), w=user()),
        """
        s a+ sq p1 {u+ | v+}
        u r=1 : u- ex v! a- w+
        w : w- e
        """,
        called={"q": draw("sq->p1->u->ex", "p1->v->e1", v=user(), ex=end(TERMINATE))},
        left={"r": 1},
    ),
    Runs(
        "of one item",
        "Of a multi-instance only the item ends.",
        draw(
            "s->a->e",
            a=sub(
                draw("s1->p1->u->ex", "p1->v->e1", v=user(), ex=end(TERMINATE)), multi()
            ),
        ),
        """
        s a+ {s1 p1 {u+ | v+} | s1 p1 {u+ | v+}} [u u v v]
        u : u- ex v! [u v]
        u : u- ex v! a- e
        """,
        {"xs": [1, 2]},
    ),
)
ENDS.element(
    "Message end event",
    "10.5.4",
    Runs(
        "sends",
        "A job sends it; the token ends when the job is done.",
        draw("s->a", a=message_out("endEvent")),
        """
        s a+ [a]
        a : a-
        """,
    ),
    Refused("without a job type", "job-type-missing", draw("s->a", a=end(MESSAGE))),
)
ENDS.element(
    "Signal end event",
    "10.5.4",
    Runs(
        "with nobody waiting",
        "Other cases and start events may hear it.",
        draw("s->a", a=end(SIGNAL, mapping("k<-1"))),
        "s a S1^",
    ),
    Runs(
        "in the same case",
        "All that wait for it hear it.",
        draw("s->p->u->a", "p->c->e", a=end(SIGNAL), c=catch(SIGNAL)),
        """
        s p {u+ | c+}
        u : u- a S1^ c- e
        """,
    ),
    Runs(
        "as the last token of a sub-process",
        "An interrupting event of the sub-process goes before its completion.",
        draw(
            "s->a->e",
            "b->w->e2",
            a=sub(draw("s1->u->ex", ex=end(SIGNAL))),
            b=boundary("a", SIGNAL),
            w=user(),
        ),
        """
        s a+ s1 u+
        u : u- ex S1^ a! b w+ [w]
        w : w- e2
        """,
    ),
)
ENDS.element(
    "Other end events",
    "10.5.4",
    Refused(
        "cancel",
        "element-not-run",
        draw("s->a", a=end("<bpmn:cancelEventDefinition/>")),
    ),
    Refused(
        "several results",
        "event-several-triggers",
        draw("s->a", a=end(TERMINATE + SIGNAL)),
    ),
    Refused("a flow behind it", "flow-out-of-end", draw("s->a->u", a=end(""))),
)

SCOPES = Group(
    "Sub-processes",
    "A sub-process is a scope: it is done when every token in it has ended.",
)
SCOPES.element(
    "Embedded sub-process",
    "10.3.5, 13.3.4",
    Runs(
        "several tokens inside",
        "Its flow is taken once, when the last token in it has ended.",
        draw("s->a->w->e", w=user(), a=sub(draw("s1->p1->u1->e1", "p1->u2->e2"))),
        """
        s a+ s1 p1 {u1+ | u2+}
        u1 : u1- e1 [u2]
        u2 : u2- e2 a- w+
        w : w- e
        """,
    ),
    Runs(
        "nested",
        "The outer one is done when the inner ones are.",
        draw("s->a->e", a=sub(draw("s1->b->e1", b=sub(draw("s2->u->e2"))))),
        """
        s a+ s1 b+ s2 u+
        u : u- e2 b- e1 a- e
        """,
    ),
    Runs(
        "two at once",
        "Two tokens run it twice, each in a scope of its own.",
        draw(
            "s->p->t1->m->a->e",
            "p->t2->m",
            m=node("exclusiveGateway"),
            a=sub(draw("s1->u->v->e1", v=user()), maps=mapping("k<-0")),
        ),
        """
        s p {t1 m a+ s1 u+ | t2 m a+ s1 u+} [u u]
        u k=1 : u- v+ [u v]
        u k=2 : u- v+ [v v]
        v : v- e1 a- e
        v : v- e1 a- e
        """,
        sees={"v": [{"k": 1}, {"k": 2}]},
        left={},
    ),
    Runs(
        "local variables",
        "Inputs are the scope's own; what is written under another name leaves.",
        draw(
            "s->a->e", a=sub(draw("s1->u->v->e1", v=user()), maps=mapping("k<-n + 1"))
        ),
        """
        s a+ s1 u+
        u k=5 r=1 n=7 : u- v+
        v : v- e1 a- e
        """,
        {"n": 1},
        sees={"u": {"n": 1, "k": 2}, "v": {"n": 7, "k": 5, "r": 1}},
        left={"n": 7, "r": 1},
    ),
    Runs(
        "output mapping",
        "Is made from what is known inside, when it is done.",
        draw("s->a->e", a=sub(draw("s1->u->e1"), maps=mapping("k<-1", "got<-k + r"))),
        """
        s a+ s1 u+
        u k=5 r=1 : u- e1 a- e
        """,
        left={"r": 1, "got": 6},
    ),
    Runs(
        "nothing that waits",
        "Passes in one step.",
        draw("s->a->e", a=sub(draw("s1->c->e1", c=script("=1")))),
        "s a+ s1 c e1 a- e",
        left={"r": 1},
    ),
    Runs(
        "conditional flows behind it",
        "They see what was written inside.",
        draw(
            "s->a",
            "a->w ? =r > 1",
            "a->e",
            "w->e",
            w=user(),
            a=sub(draw("s1->u->e1"), default="e"),
        ),
        """
        s a+ s1 u+
        u r=2 : u- e1 a- w+
        w : w- e
        """,
    ),
    Refused("without a start", "start-missing", draw("s->a->e", a=sub(draw("u->e1")))),
    Refused(
        "a flow across its edge",
        "flow-dangling",
        draw("s->b->e", "t->e", b=sub(draw("s1->t"))).replace(
            '<bpmn:task id="t"></bpmn:task>', "", 1
        ),
        "s1_t",
    ),
)
SCOPES.element(
    "Other sub-processes",
    "10.3.5",
    Refused("ad-hoc", "element-not-run", draw("s->a->e", a=node("adHocSubProcess"))),
    Refused("transaction", "element-not-run", draw("s->a->e", a=node("transaction"))),
)
