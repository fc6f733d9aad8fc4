"""Script tasks, and tasks and extensions that do not run."""

from engine_kit import JOB

from .case import Refused, Runs
from .cases_tasks import TASKS
from .draw import draw, ext, maps, node, rule, script, user

TASKS.element(
    "Script task",
    "10.3.3, 13.3.3",
    Runs(
        "FEEL",
        "The value of its expression goes into its result variable.",
        draw("s->a->e", a=script("=n * 2")),
        "s a e",
        {"n": 2},
        left={"n": 2, "r": 4},
    ),
    Runs(
        "a result with the name of an input",
        "The result is the task's own then, and leaves by an output mapping only.",
        draw(
            "s->a->b->e",
            a=script("=r + 1", maps=maps("r<-n")),
            b=script("=r + 1", maps=maps("r<-n", "out<-r")),
        ),
        "s a b e",
        {"n": 1},
        left={"n": 1, "out": 2},
    ),
    Runs(
        "an unknown name",
        "Any use of an unknown variable is an incident, wherever it stands.",
        draw("s->a->e", a=script("=if mising then 1 else 2")),
        """
        s a+ a?
        a~ mising=true : a- e
        """,
        left={"mising": True, "r": 1},
    ),
    Runs(
        "an unknown name that is meant",
        "`get or else` and `is defined` say that a variable may be missing.",
        draw(
            "s->a->b->e",
            a=script("=get or else(mising, 5)"),
            b=script("=is defined(mising)", "d"),
        ),
        "s a b e",
        left={"r": 5, "d": False},
    ),
    Refused(
        "another language",
        "script-not-feel",
        draw("s->a->e", a=script("=1", scriptFormat="python")),
    ),
    Refused(
        "the standard's script",
        "element-not-run",
        draw("s->a->e", a=node("scriptTask", "<bpmn:script>x = 1</bpmn:script>")),
    ),
    Refused("no expression", "script-not-feel", draw("s->a->e", a=script("1"))),
    Refused("no FEEL", "feel-syntax", draw("s->a->e", a=script("=1 +"))),
    Refused(
        "a result without a name",
        "variable-name-invalid",
        draw("s->a->e", a=script("=1", "a.b")),
    ),
)
TASKS.element(
    "Business rule task",
    "10.3.3",
    Runs(
        "a decision",
        "Its value goes into the result variable. It sees what the task sees.",
        draw("s->a->e", a=rule()),
        "s a e",
        {"n": 2},
        left={"n": 2, "r": 4},
        decisions={"d": "n * 2"},
    ),
    Runs(
        "what it is given",
        "Input mappings are the task's own; with an output mapping only that leaves.",
        draw("s->a->e", a=rule(maps=maps("n<-m + 1", "out<-r"))),
        "s a e",
        {"m": 2},
        left={"m": 2, "out": 6},
        decisions={"d": "n * 2"},
    ),
    Runs(
        "a decision without a value",
        "A decision that fails is an incident; nothing has changed.",
        draw("s->a->e", a=rule()),
        """
        s a+ a?
        a~ n=2 : a- e
        """,
        left={"n": 2, "r": 4},
        decisions={"d": "n * 2"},
    ),
    Refused("no decision", "decision-missing", draw("s->a->e", a=rule(None))),
    Refused("an expression", "decision-not-fixed", draw("s->a->e", a=rule("=d"))),
    Refused(
        "a result without a name",
        "variable-name-invalid",
        draw("s->a->e", a=rule(result="a.b")),
    ),
    Refused(
        "another implementation",
        "attribute-not-run",
        draw("s->a->e", a=rule(implementation="##WebService")),
    ),
)
TASKS.element(
    "Global task",
    "10.3.7",
    *(
        Refused(
            tag, "element-not-run", draw("s->e"), at="a", around=f'<bpmn:{tag} id="a"/>'
        )
        for tag in (
            "globalTask",
            "globalUserTask",
            "globalManualTask",
            "globalScriptTask",
            "globalBusinessRuleTask",
        )
    ),
)
TASKS.element(
    "Extensions that carry behaviour",
    "8.3.3",
    Refused(
        "of another vendor",
        "extension-unknown",
        draw(
            "s->a->e",
            a=user(
                ext(
                    '<c:executionListener xmlns:c="http://camunda.org/schema/1.0/bpmn"/>'
                )
            ),
        ),
    ),
    Refused(
        "unknown",
        "extension-unknown",
        draw("s->a->e", a=user(ext("<zeebe:surprise/>"))),
    ),
    Refused(
        "where it has no meaning",
        "extension-misplaced",
        draw("s->a->e", a=user(ext(JOB))),
    ),
    Refused(
        "twice",
        "extension-doubled",
        draw("s->a->e", a=user(ext('<zeebe:taskSchedule dueDate="=now()"/>' * 2))),
    ),
    Refused(
        "execution listener",
        "extension-not-run",
        draw("s->a->e", a=user(ext("<zeebe:executionListeners/>"))),
    ),
    Refused(
        "a call without a process",
        "called-missing",
        draw("s->a->e", a=node("callActivity")),
    ),
    Refused(
        "a call that is named twice",
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
)
