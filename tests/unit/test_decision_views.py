"""A decision as people read it: tables, boxed expressions, what is required."""

from tests.models import ADMISSION, given, literal, model
from workflows import decision_views
from workflows.decision_views import (
    Column,
    Need,
    Part,
    Parts,
    Relation,
    Row,
    Table,
    Text,
)


def view(logic):
    body = f'<decision id="d" name="D"><variable name="D"/>{logic}</decision>'
    return decision_views.read(model(body))["d"].view


def expression(text):
    return f"<literalExpression><text>{text}</text></literalExpression>"


def wrapped(name, inside):
    return f"<{name}>{inside}</{name}>"


def test_a_table_is_told_with_its_columns_rules_and_notes():
    found = decision_views.read(model(ADMISSION))["way"]

    assert found.norms == ("ADM-4.1",)
    assert found.needs == (Need("stays_input", None), Need("age_input", None))
    table = found.view
    assert isinstance(table, Table)
    assert table.policy == "U"
    assert table.inputs[0] == Column("Өз сыныбында қала ма", "boolean")
    assert table.outputs == (Column("way", "string"),)
    assert table.notes == ("Негіздеме",)
    assert table.rows[0] == Row(
        "own_class", 1, ("true", ">= 6"), ('"own class"',), ("ADM-4.1 бойынша",), ()
    )
    assert [row.number for row in table.rows] == [1, 2, 3]
    assert table.rows[1].notes == ()


def test_a_rule_without_an_id_is_called_by_its_place():
    found = view(
        '<decisionTable hitPolicy="COLLECT" aggregation="MIN"><input><inputExpression>'
        "<text>x</text></inputExpression></input><output/>"
        "<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>2</text>"
        "</outputEntry><description>неге</description></rule></decisionTable>"
    )

    assert isinstance(found, Table)
    assert found.policy == "C<"
    assert (found.inputs[0].label, found.outputs[0].label) == ("x", "")
    assert found.rows == (Row("rule 1", 1, ("1",), ("2",), ("неге",), ()),)


def test_a_literal_expression_is_its_text():
    assert view(expression("1 + 1")) == Text("1 + 1")


def test_a_context_names_its_entries():
    entry = f'<contextEntry><variable name="a"/>{expression("1")}</contextEntry>'
    last = f"<contextEntry>{expression('a')}</contextEntry>"

    assert view(wrapped("context", entry + last)) == Parts(
        "context", (Part("a", Text("1")), Part("", Text("a")))
    )


def test_an_invocation_tells_the_function_and_what_it_is_given():
    binding = f'<binding><parameter name="x"/>{expression("2")}</binding>'

    assert view(wrapped("invocation", expression("f") + binding)) == Parts(
        "invocation", (Part("", Text("f")), Part("x", Text("2")))
    )


def test_lists_and_relations_tell_their_items():
    assert view(wrapped("list", expression("1") + expression("2"))) == Parts(
        "list", (Part("", Text("1")), Part("", Text("2")))
    )
    row = wrapped("row", expression("1") + expression("2"))
    columns = '<column name="a"/><column name="b"/>'
    assert view(wrapped("relation", columns + row)) == Relation(
        ("a", "b"), ((Text("1"), Text("2")),)
    )


def test_what_holds_other_expressions_names_its_parts():
    parts = [wrapped(one, expression(one)) for one in ("if", "then", "else")]
    assert view(wrapped("conditional", "".join(parts))) == Parts(
        "conditional",
        (
            Part("if", Text("if")),
            Part("then", Text("then")),
            Part("else", Text("else")),
        ),
    )
    inside = wrapped("in", expression("xs")) + wrapped("return", expression("x"))
    assert view(f'<for iteratorVariable="x">{inside}</for>') == Parts(
        "for", (Part("x in", Text("xs")), Part("return", Text("x")))
    )


def test_a_function_tells_its_parameters():
    inside = f'<formalParameter name="n"/>{expression("n * 2")}'
    found = decision_views.read(
        model(
            '<businessKnowledgeModel id="f" name="Еселеу"><variable name="Еселеу"/>'
            f"{wrapped('encapsulatedLogic', inside)}</businessKnowledgeModel>"
        )
    )["f"]

    assert (found.kind, found.parameters) == ("businessKnowledgeModel", ("n",))
    assert found.view == Text("n * 2")


def test_what_is_of_another_model_bears_its_namespace():
    body = given("x") + literal("d", "1", "Input=in_x", "Decision=urn:other#e")

    found = decision_views.read(model(body))["d"]

    assert found.needs == (Need("in_x", None), Need("e", "urn:other"))
