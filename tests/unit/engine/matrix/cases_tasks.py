"""Tasks: what each kind does, waits for and writes."""

from .case import Group, Refused, Runs
from .draw import draw, ext, job, maps, node, receive, task, user

TASKS = Group("Tasks", "Who does the work, and what the case waits for.")

TASKS.element(
    "Abstract task",
    "10.3.3, 13.3.3",
    Runs(
        "passes",
        "Nobody has said what it is, so nothing is waited for.",
        draw("s->t->e"),
        "s t e",
    ),
    Runs(
        "with mappings",
        "Its mappings are made all the same.",
        draw("s->t->e", t=task(maps=maps("k<-n + 1", "r<-k * 2"))),
        "s t e",
        {"n": 1},
        left={"n": 1, "r": 4},
    ),
)
TASKS.element(
    "User task",
    "10.3.4, 13.3.3",
    Runs(
        "answers",
        "Waits on the worklist; its answers become variables of the case.",
        draw("s->u->e"),
        """
        s u+ [u]
        u r=1 : u- e
        """,
        left={"r": 1},
    ),
    Runs(
        "input and output mappings",
        "Inputs are its own; with an output mapping only what it names leaves.",
        draw("s->u->v->e", u=user(maps=maps("k<-n + 1", "r<-a + k")), v=user()),
        """
        s u+ [u]
        u a=5 b=6 : u- v+
        v : v- e
        """,
        {"n": 1},
        sees={"u": {"n": 1, "k": 2}, "v": {"n": 1, "r": 7}},
        left={"n": 1, "r": 7},
    ),
    Runs(
        "an answer named like an input",
        "Without an output mapping, what has the name of an input stays in the task.",
        draw("s->u->e", u=user(maps=maps("k<-n"))),
        """
        s u+
        u k=9 r=2 : u- e
        """,
        {"n": 1},
        left={"n": 1, "r": 2},
    ),
    Runs(
        "an input that cannot be evaluated",
        "The task waits with an incident before it opens; a retry opens it.",
        draw("s->u->e", u=user(maps=maps("k<-mising"))),
        """
        s u+ u? []
        u~ mising=1 : [u]
        u : u- e
        """,
    ),
    Runs(
        "an output that cannot be evaluated",
        "The work counts as done, nothing else has changed, a retry maps again.",
        draw("s->u->e", u=user(maps=maps("", "r<-late + a"))),
        """
        s u+ [u]
        u a=1 : u? []
        u~ late=10 : u- e
        """,
        left={"late": 10, "r": 11},
    ),
    Runs(
        "two, one after the other",
        "The second opens when the first is done.",
        draw("s->u1->u2->e"),
        """
        s u1+ [u1]
        u1 : u1- u2+ [u2]
        u2 : u2- e
        """,
    ),
    Refused(
        "form by key",
        "attribute-not-run",
        draw("s->a->e", a=user(ext('<zeebe:formDefinition formKey="k"/>'))),
    ),
    Refused(
        "form by expression",
        "form-not-fixed",
        draw("s->a->e", a=user(ext('<zeebe:formDefinition formId="=f"/>'))),
    ),
    Refused(
        "performer by the standard's elements",
        "element-not-run",
        draw("s->a->e", a=user("<bpmn:potentialOwner/>")),
    ),
    Refused(
        "rendering", "element-not-run", draw("s->a->e", a=user("<bpmn:rendering/>"))
    ),
    Refused(
        "listener",
        "extension-not-run",
        draw("s->a->e", a=user(ext("<zeebe:taskListeners/>"))),
    ),
    Refused(
        "started by several tokens",
        "attribute-not-run",
        draw("s->a->e", a=user(startQuantity="2")),
    ),
    Refused(
        "leaving several tokens",
        "attribute-not-run",
        draw("s->a->e", a=user(completionQuantity="2")),
    ),
    Refused(
        "an attribute that nobody knows",
        "attribute-unknown",
        draw("s->a->e", a=user(urgent="true")),
    ),
)
TASKS.element(
    "Manual task",
    "10.3.3",
    Runs(
        "done by a person",
        "Waits on the worklist: only a person knows that it is done.",
        draw("s->a->e", a=node("manualTask")),
        """
        s a+ [a]
        a r=1 : a- e
        """,
        left={"r": 1},
    ),
)
for tag, name in (("serviceTask", "Service task"), ("sendTask", "Send task")):
    TASKS.element(
        name,
        "10.3.3, 13.3.3",
        Runs(
            "answer",
            "Opens a job that sees all variables; its result is written back.",
            draw("s->j->e", j=job(tag=tag)),
            """
            s j+ [j]
            j r=1 : j- e
            """,
            {"n": 1},
            sees={"j": {"n": 1}},
            left={"n": 1, "r": 1},
        ),
        Runs(
            "input and output mappings",
            "Of the result only what the output mapping names leaves.",
            draw("s->j->e", j=job(tag=tag, maps=maps("k<-n * 2", "r<-a + k"))),
            """
            s j+ [j]
            j a=5 : j- e
            """,
            {"n": 1},
            left={"n": 1, "r": 7},
        ),
        Runs(
            "an error that nothing catches",
            "The job stays as it is: whoever runs it makes an incident of it.",
            draw("s->j->e", j=job(tag=tag)),
            """
            s j+ [j]
            j!?E1 : [j]
            j : j- e
            """,
        ),
        Refused(
            "without a job type",
            "job-type-missing",
            draw("s->a->e", a=node(tag, ext('<zeebe:taskDefinition retries="1"/>'))),
        ),
        Refused(
            "an operation of a service",
            "attribute-not-run",
            draw("s->a->e", a=job(tag=tag, operationRef="o")),
        ),
        Refused(
            "a technology of its own",
            "attribute-not-run",
            draw("s->a->e", a=job(tag=tag, implementation="http://example.org/x")),
        ),
    )
TASKS.elements[-1] = type(TASKS.elements[-1])(
    "Send task",
    "10.3.3, 13.3.3",
    (
        *TASKS.elements[-1].cases,
        Refused(
            "a message of the standard",
            "attribute-not-run",
            draw("s->a->e", a=job(tag="sendTask", messageRef="msg1")),
        ),
    ),
)
TASKS.element(
    "Receive task",
    "10.3.3, 13.3.3",
    Runs(
        "with a correlation key",
        "Waits for a message of its name and key; what comes with it is written.",
        draw("s->a->e", a=receive()),
        """
        s a+ [a]
        M1 r=1 : a- e
        """,
        left={"r": 1},
    ),
    Runs(
        "without a key, with an output mapping",
        "A message without subscription is found by its name alone.",
        draw("s->a->e", a=receive("msg2", maps=maps("", "got<-r + 1"))),
        """
        s a+ [a]
        M2 r=1 : a- e
        """,
        left={"got": 2},
    ),
    Runs(
        "a key that cannot be evaluated",
        "Waits with an incident, not for a message.",
        draw("s->a->e", a=receive()),
        """
        s a+ a? []
        a~ key=7 : [a]
        M1 : a- e
        """,
        {"key": None},
    ),
    Runs(
        "two for one message",
        "One message is heard by one of them.",
        draw(
            "s->p->a->q->e",
            "p->b->q",
            a=receive(),
            b=receive(),
            q=node("parallelGateway"),
        ),
        """
        s p {a+ | b+} [a b]
        M1 : a- [b]
        M1 : b- q e
        """,
    ),
    Refused(
        "starts the process",
        "attribute-not-run",
        draw("s->a->e", a=receive(instantiate="true")),
    ),
    Refused(
        "without a message", "message-unknown", draw("s->a->e", a=node("receiveTask"))
    ),
)
