"""Business rule tasks: a decision is asked inside the step, and may fail."""

import pytest
from engine_kit import (
    TestClock,
    decisions,
    drawing,
    el,
    els,
    flows,
    loop,
    mapping,
    multi,
    with_task,
    zeebe,
)

from workflows import engine, feel

CALLED = '<zeebe:calledElement processId="q"/>'


def rule(key="d", result="r", mappings="", repeated=""):
    called = f'<zeebe:calledDecision decisionId="{key}" resultVariable="{result}"/>'
    return el("businessRuleTask", "a", zeebe(called + mappings) + repeated)


@pytest.fixture
def ask(run, parser):
    """A case with one business rule task, which asks decisions of one expression."""

    def start(body, variables=None, called=None, **texts):
        asked = decisions(parser, **texts)
        return run(body, variables, called=called, decisions=asked)

    return start


def test_the_value_goes_into_the_result_variable(ask):
    case = ask(with_task(rule()), {"n": 2}, d="n * 2")

    assert case.variables == {"n": 2, "r": 4}
    assert case.case.completed


def test_how_it_came_about_is_told_once(ask):
    case = ask(with_task(rule()), {"n": 2}, d="n * 2")

    (told,) = case.effects(engine.DecisionEvaluated)
    assert (told.element_id, told.decision, told.process) == ("a", "d", None)
    assert told.explanation == {"of": "n * 2"}


def test_a_decision_that_fails_is_an_incident_and_is_asked_again(ask):
    case = ask(with_task(rule()), d="n * 2")
    (raised,) = case.effects(engine.IncidentRaised)
    assert (raised.kind, raised.detail["decision"]) == ("decision", "d")
    assert (raised.detail["element"], raised.detail["reason"]) == (
        "it",
        "there is no n",
    )
    assert case.effects(engine.DecisionEvaluated) == []

    case.retry("a", n=3)

    assert case.variables == {"n": 3, "r": 6}
    assert case.case.completed


def test_a_mapping_that_fails_does_not_ask_again(ask):
    outputs = mapping(outputs="x<-r + missing")
    case = ask(with_task(rule(mappings=outputs)), {"n": 1}, d="n")
    assert case.held() == ["a"]

    case.retry("a", missing=1)

    assert case.variables == {"n": 1, "missing": 1, "x": 2}
    assert len(case.effects(engine.DecisionEvaluated)) == 1


def test_a_decision_that_is_not_there_is_an_incident(ask):
    case = ask(with_task(rule("other")), d="1")

    (raised,) = case.effects(engine.IncidentRaised)
    assert raised.detail == {"decision": "other"}


@pytest.mark.parametrize("text", ["function(x) x", "{f: function(x) x}"])
def test_a_function_cannot_be_kept(ask, text):
    case = ask(with_task(rule()), d=text)

    assert case.held() == ["a"]
    assert "cannot keep" in case.effects(engine.IncidentRaised)[0].message


def test_it_sees_its_inputs_in_front_of_the_case(ask):
    case = ask(with_task(rule(mappings=mapping("n<-m + 1"))), {"m": 1}, d="n + m")

    assert case.variables == {"m": 1, "r": 3}


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_it_is_asked_for_every_item(ask, sequential):
    repeated = multi(sequential, outputCollection="rs", outputElement="=r")
    case = ask(with_task(rule(repeated=repeated)), {"xs": [1, 2, 3]}, d="it * 10")

    assert case.variables["rs"] == [10, 20, 30]
    assert len(case.effects(engine.DecisionEvaluated)) == 3


def test_it_is_asked_until_its_answer_ends_the_loop(ask):
    body = with_task(rule("d", "n", repeated=loop("=n &lt; 3")))
    case = ask(body, {"n": 0}, d="n + 1")

    assert case.variables == {"n": 3}


def test_a_called_process_asks_the_decisions_of_its_own_release(parser, define):
    inner = define(with_task(rule()), decisions=decisions(parser, d="1"), key="q")
    outer = with_task(el("callActivity", "c", zeebe(CALLED)), "c")

    definition = define(outer, decisions=decisions(parser, d="2"))
    definition.called["q"] = inner
    case = engine.Case.start(definition, {}, feel.Environment(clock=TestClock()))

    (told,) = [
        one for one in case.take_effects() if isinstance(one, engine.DecisionEvaluated)
    ]
    assert (told.process, told.explanation) == ("q", {"of": "1"})


@pytest.mark.parametrize(
    ("attributes", "rule_"),
    [
        ('resultVariable="r"', "decision-missing"),
        ('decisionId="=d" resultVariable="r"', "decision-not-fixed"),
        ('decisionId="d"', "variable-name-invalid"),
        ('decisionId="d" resultVariable="a.b"', "variable-name-invalid"),
        (
            'decisionId="d" resultVariable="r" bindingType="latest"',
            "attribute-not-run",
        ),
        ('decisionId="d" resultVariable="r" versionTag="1"', "attribute-not-run"),
        ('decisionId="d" resultVariable="r" retries="1"', "attribute-unknown"),
    ],
)
def test_what_it_says_must_make_sense(refused, attributes, rule_):
    task = el("businessRuleTask", "a", zeebe(f"<zeebe:calledDecision {attributes}/>"))

    (found,) = refused(drawing(with_task(task)))

    assert (found.element_id, found.rule) == ("a", rule_)


def test_a_job_of_a_business_rule_task_is_refused(refused):
    task = zeebe('<zeebe:taskDefinition type="rules"/>')
    found = refused(drawing(with_task(el("businessRuleTask", "a", task))))

    assert {one.rule for one in found} == {"extension-misplaced"}


def test_the_summary_tells_what_is_asked(parser):
    body = els("startEvent:s endEvent:e") + rule() + flows("s->a->e")
    (read,) = engine.read(drawing(body), "d.bpmn", parser)

    assert read.summary["decisions"] == ["d"]
    assert read.summary["elements"][2]["decision"] == "d"
