"""What the rules say of files that the engine alone would take."""

import sys
from pathlib import Path

import pytest

from workflows import linting
from workflows.linting import Outside

sys.path.append(str(Path(__file__).parent / "engine"))

from engine_kit import (  # found by the line above
    BASE,
    JOB,
    MESSAGE,
    drawing,
    el,
    els,
    error,
    flows,
    mapping,
    timer,
    with_task,
    zeebe,
)

ROOT = Path(__file__).resolve().parents[2]
FORMS = ROOT / "forms" / "first_grade_admission"
OUTSIDE = Outside(frozenset({"work"}), frozenset({"N-1"}))


def findings(body, outside=OUTSIDE, **files):
    found = {"d.bpmn": drawing(body)} | {
        name.replace("__", "."): content for name, content in files.items()
    }
    return linting.check_alone(found, outside)


def told(body, **options):
    return [(one.element_id, one.rule) for one in findings(body, **options)]


def script(expression, result="r", node_id="a"):
    source = f'<zeebe:script expression="{expression}" resultVariable="{result}"/>'
    return el("scriptTask", node_id, zeebe(source))


def choice(first, second="", default=""):
    """Two ways behind a gateway."""
    attributes = {"default": f"g_{default}"} if default else {}
    ways = [f"g->a ? ={first}", f"g->b ? ={second}" if second else "g->b"]
    return (
        BASE
        + el("exclusiveGateway", "g", **attributes)
        + els("task:a,b")
        + flows("s->g", *ways, "a->e", "b->e")
    )


# --- expressions ------------------------------------------------------------------


def test_a_condition_that_never_holds():
    assert told(choice("false", default="b")) == [("g_a", "condition-never")]


def test_a_condition_behind_one_that_always_holds():
    assert told(choice("1 = 1", default="b")) == [("g_b", "condition-shadowed")]


def test_the_same_condition_twice():
    found = told(choice("x > 1", "x  &gt; 1"))

    assert ("g_b", "condition-shadowed") in found


@pytest.mark.parametrize("text", ['"yes"', "1", "x + 1", "null", "[1]"])
def test_a_condition_that_is_neither_true_nor_false(text):
    assert ("g_a", "condition-not-boolean") in told(choice(text, default="b"))


@pytest.mark.parametrize(
    "text", ["x", "x.y", "x = 1", "not(x)", "f[1]", "if x then y else z"]
)
def test_a_condition_that_may_be_true(text):
    assert told(choice(text, default="b")) == []


@pytest.mark.parametrize(
    "text", ["ad working days(now(), 1)", 'duration("P1")', "add working days(now())"]
)
def test_an_expression_that_cannot_run(text):
    found = told(with_task(script(f"={text}".replace('"', "&quot;"))))

    assert found == [("a", "feel-syntax")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("=5", "timeDuration"), ('="PT"', "timeDuration"), ("=1", "timeDate")],
)
def test_a_timer_whose_expression_gives_no_time(text, kind):
    body = with_task(el("intermediateCatchEvent", "a", timer(text, kind)))

    assert told(body) == [("a", "timer-invalid")]


def test_a_timer_whose_expression_gives_a_time():
    text = '=duration("PT5M")'
    body = with_task(el("intermediateCatchEvent", "a", timer(text)))

    assert told(body) == []


# --- codes ------------------------------------------------------------------------


def escalation(code="esc1"):
    return f'<bpmn:escalationEventDefinition escalationRef="{code}"/>'


def watched(thrown, caught):
    """A sub-process that throws at its end, and a boundary event that catches."""
    inner = els("startEvent:is userTask:it") + el("endEvent", "ie", thrown)
    return (
        BASE
        + el("subProcess", "a", inner + flows("is->it->ie"))
        + el("boundaryEvent", "b", caught, attachedToRef="a")
        + flows("s->a->e", "b->e")
    )


def test_codes_that_meet():
    assert told(watched(error(), error())) == []
    assert told(watched(escalation(), escalation())) == []


def test_an_error_that_nothing_throws_and_one_that_nothing_catches():
    assert told(watched(error("err1"), error("err2"))) == [
        ("ie", "error-uncaught"),
        ("b", "error-never-thrown"),
    ]


def test_an_escalation_that_nothing_throws_and_one_that_nothing_catches():
    assert told(watched(escalation("esc1"), escalation("esc2"))) == [
        ("ie", "escalation-uncaught"),
        ("b", "escalation-never-thrown"),
    ]


def test_a_job_may_throw_any_error():
    body = (
        with_task(el("serviceTask", "a"))
        + el("boundaryEvent", "b", error(), attachedToRef="a")
        + flows("b->e")
    )

    assert told(body) == []


# --- roles, norms, jobs, forms ----------------------------------------------------


def user_task(extensions):
    return with_task(el("userTask", "a", zeebe(extensions)))


def test_a_candidate_group_that_is_no_role():
    groups = '<zeebe:assignmentDefinition candidateGroups="clerk, clerks"/>'

    assert told(user_task(groups)) == [("a", "role-unknown")]


def test_a_norm_that_is_not_in_the_register():
    norms = (
        '<zeebe:properties><zeebe:property name="norm" value="N-1 N-2"/>'
        "</zeebe:properties>"
    )

    assert told(user_task(norms)) == [("a", "norm-unknown")]
    assert told(user_task(norms), outside=Outside()) == []


def test_a_job_that_no_connector_does():
    other = zeebe('<zeebe:taskDefinition type="play"/>')

    assert told(with_task(el("serviceTask", "a", other))) == [("a", "job-type-unknown")]


def test_a_form_that_is_in_no_file():
    form = '<zeebe:formDefinition formId="f"/>'

    assert told(user_task(form)) == [("a", "form-elsewhere")]


# --- variables --------------------------------------------------------------------


def test_a_name_that_looks_like_a_slip_of_another():
    body = BASE + script("=1", "applicant") + script("=aplicant + 1", "x", "b")
    body += flows("s->a->b->e")

    assert told(body) == [("b", "variable-misspelt")]


@pytest.mark.parametrize("name", ["person_b", "applicants", "school", "persons"])
def test_a_name_that_is_no_slip(name):
    body = BASE + script("=1", "person_a") + script("=1", "applicant", "c")
    body += script(f"={name}", "x", "b") + flows("s->a->c->b->e")

    assert told(body) == []


def test_a_property_that_looks_like_a_slip_of_another():
    body = BASE + script("={{completed: 1}}".replace("{{", "{").replace("}}", "}"))
    body += script("=r.complete", "x", "b") + flows("s->a->b->e")
    other = body.replace("r.complete", "r.answered")

    assert told(body) == [("b", "property-unknown")]
    assert told(other) == []


@pytest.mark.parametrize(
    "text",
    [
        "is defined(aplicant)",
        "get or else(aplicant, 1)",
        "for aplicant in [1] return aplicant",
        "[1][aplicant = 1]",
        "{aplicant: 1, b: aplicant}",
        "(function(aplicant) aplicant)(1)",
    ],
)
def test_names_that_need_not_be_there_are_not_judged(text):
    body = BASE + script("=1", "applicant") + script(f"={text}", "x", "b")
    body += flows("s->a->b->e")

    assert told(body) == []


def test_what_an_answer_holds_is_not_judged():
    result = zeebe(JOB + mapping("", "total<-totla"))
    body = BASE + script("=1", "totals") + el("serviceTask", "b", result)
    body += flows("s->a->b->e")

    assert told(body) == []


PROCEDURE = """
process: p
names: {kk: П, ru: П, en: P}
act: {id: a, title: {kk: А, ru: А, en: A}, numbers: [], dates: []}
norms: [N-1]
configuration:
  - {name: limit, value: 1, norm: N-1, source: s, confidence: A}
scenarios:
  - name: one
    at: 2026-08-20T09:00:00+05:00
    start: {child: {name: A}}
    answers: {}
    expect: {state: completed}
""".encode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("child.name", []),
        ("configuration.limit", []),
        ("parent", [("a", "variable-unknown")]),
        ("child.age", [("a", "property-unknown")]),
        ("configuration.ceiling", [("a", "property-unknown")]),
    ],
)
def test_where_scenarios_show_the_start_every_name_is_judged(text, found):
    files = {
        "procedure.yaml": PROCEDURE,
        "d.bpmn": drawing(with_task(script(f"={text}"))),
    }

    said = linting.check_alone(files, OUTSIDE)

    assert [(one.element_id, one.rule) for one in said] == found


def test_a_message_may_bring_what_nobody_knows():
    body = BASE + el("intermediateCatchEvent", "m", MESSAGE) + script("=parent")
    files = {
        "procedure.yaml": PROCEDURE,
        "d.bpmn": drawing(body + flows("s->m->a->e")).replace(b"=key", b"=child.name"),
    }

    assert linting.check_alone(files, OUTSIDE) == []


def test_the_answers_of_a_form_are_known():
    files = {
        "f.form.json": (FORMS / "decision.form.json").read_bytes(),
        "d.bpmn": drawing(
            BASE
            + el(
                "userTask",
                "a",
                zeebe(
                    '<zeebe:formDefinition formId="first_grade_admission.decision"/>'
                ),
            )
            + script("=decision.acepted", "x", "b")
            + flows("s->a->b->e")
        ),
    }

    said = linting.check_alone(files, Outside())

    assert [(one.element_id, one.rule) for one in said] == [("b", "property-unknown")]
