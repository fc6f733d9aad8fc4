"""docs/feel.md says what FEEL really does: every example in it is evaluated."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import feel_document
from workflows.feel import (
    Environment,
    FeelError,
    Parser,
    Value,
    compile_tree,
)
from workflows.feel.functions import NAMES
from workflows.feel.operators import same

EXAMPLES = list(feel_document.examples())


@pytest.fixture(scope="module")
def case(evaluate: Callable[..., Value]) -> dict[str, Any]:
    (text,) = feel_document.blocks("feel case")
    variables: dict[str, Any] = evaluate(text)
    return variables


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[each.expression[:40] for each in EXAMPLES]
)
def test_every_example_gives_what_the_document_says(
    example: feel_document.Example,
    case: dict[str, Any],
    parser: Parser,
    environment: Environment,
    evaluate: Callable[..., Value],
):
    def run() -> Value:
        tree = parser.parse(example.expression)
        return compile_tree(tree, example.expression).evaluate(case, environment)

    if example.refusal is not None:
        with pytest.raises(FeelError) as refused:
            run()
        assert str(refused.value) == example.refusal
        return
    assert example.result is not None, f"{example.expression} has no result"
    value, expected = run(), evaluate(example.result)
    assert same(value, expected), f"it gives {value}"


def test_the_document_has_no_code_that_no_test_reads():
    assert feel_document.kinds() == {"feel", "feel case", "dmn", "dmn analysis"}
    assert len(EXAMPLES) > 80


@pytest.mark.parametrize("part", sorted(feel_document.PARTS))
def test_what_is_generated_is_current(part: str):
    text = feel_document.DOCUMENT.read_text(encoding="utf-8")

    content = feel_document.PARTS[part]()

    assert feel_document.put(text, part, content) == text, "run: make docs"
    assert len(content.splitlines()) > 10


def test_every_function_is_in_the_document():
    text = feel_document.DOCUMENT.read_text(encoding="utf-8")

    assert [name for name in NAMES if f"| `{name}` |" not in text] == []


def test_both_languages_explain_every_section():
    """What is generated, and what only lists, aside."""
    text = feel_document.DOCUMENT.read_text(encoding="utf-8")

    sections = text.split("\n## ")[1:]
    assert [
        section.splitlines()[0]
        for section in sections
        if "**Қазақша.**" not in section or "**По-русски.**" not in section
    ] == []
