"""Decision models that break the rules of the linter, each by one of them."""

from engine_kit import drawing, el, with_task, zeebe

from tests.models import ADMISSION, given, importing, literal, model


def table(*rules, policy="UNIQUE", extra="", outputs='<output name="r"/>'):
    """A table of one number; each rule is its input entry."""
    written = "".join(
        f'<rule id="r{number}"><inputEntry><text>{one}</text></inputEntry>'
        f"<outputEntry><text>{number}</text></outputEntry></rule>"
        for number, one in enumerate(rules, 1)
    )
    return given("n", "number") + (
        '<decision id="t" name="t"><variable name="t"/><informationRequirement>'
        '<requiredInput href="#in_n"/></informationRequirement>'
        f'<decisionTable hitPolicy="{policy}" {extra}><input><inputExpression '
        'typeRef="number"><text>n</text></inputExpression></input>'
        f"{outputs}{written}</decisionTable></decision>"
    )


def decision(logic):
    return f'<decision id="d" name="d"><variable name="d"/>{logic}</decision>'


def one(text="1"):
    return f"<literalExpression><text>{text}</text></literalExpression>"


def asking(decision_id):
    named = f'decisionId="{decision_id}"' if decision_id else ""
    called = f'<zeebe:calledDecision {named} resultVariable="r"/>'
    return drawing(with_task(el("businessRuleTask", "a", zeebe(called))))


PAIR = f'<relation><column name="a"/><column name="b"/><row>{one()}</row></relation>'
CIRCLE = literal("a", "1", "Decision=b") + literal("b", "1", "Decision=a")
BODIES = [
    "<unheard/>",
    given("x") + given("x").replace('name="x"', 'name="y"'),
    given("x") + given("x").replace("in_x", "in_y"),
    '<inputData id="i" name=""/>',
    literal("d", "1", "Input=in_nowhere"),
    CIRCLE,
    '<import name="x" namespace="urn:x" importType="http://www.w3.org/XMLSchema"/>',
    importing("lib", "urn:nowhere"),
    decision(one() + one()),
    decision(f"<conditional><if>{one('true')}</if></conditional>"),
    decision(PAIR),
    decision('<literalExpression><importedValues name="v"/></literalExpression>'),
    table("1", policy="BEST"),
    table("1", extra='preferredOrientation="CrossTable"'),
    table(outputs=""),
    table("1", outputs='<output name="r"/><output name="s"/>'),
    table("1", outputs='<output name="r"/><output/>'),
    table("&lt; 5"),
    table("&lt; 5", "&gt; 3"),
    table("-", "&gt; 3", policy="FIRST"),
    table("count([n]) = 1 and modulo(n, 2) = 1", "-"),
    literal("d", "no such function(1)"),
    literal("d", "1").replace("<decision", '<decision xmlns:o="urn:o" o:colour="red"'),
]
FILES = [
    *({"d.dmn": model(body)} for body in BODIES),
    {"d.dmn": b"<definitions/>"},
    {"d.dmn": model(literal("d", "1"), namespace="")},
    {
        "a.dmn": model(importing("b", "urn:b"), "urn:a"),
        "b.dmn": model(importing("a", "urn:a"), "urn:b"),
    },
    {
        "a.dmn": model(literal("d", "1"), "urn:a"),
        "b.dmn": model(literal("d", "1"), "urn:b"),
    },
    {"p.bpmn": asking("")},
    {"p.bpmn": asking("=d")},
    {"p.bpmn": asking("way")},
    {"p.bpmn": asking("way"), "d.dmn": model(ADMISSION)},
]
