"""Every rule of the linter has its sentence, and is broken by an example."""

import ast
import re

import pytest
from lint_document import DOCUMENT, NEVER_SEEN, ROOT, STORED, found, text

from server import catalogue
from server.rule_words import GROUPS, RULES

# Of `rasim test`, which is no linter.
OTHERS = {"no-scenario", "process-unknown"}
WRITERS = re.compile(r"_?(error|warning|warn|refuse|refused|wrong|tell)|Finding")
SLUG = re.compile(r"[a-z]+(-[a-z]+)*")
SEVERITIES = ("error", "warning")


@pytest.fixture(scope="module")
def first():
    return found()


def constants(node):
    return [
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def rules_in(source):
    """(slug, whether it is only the end of one) wherever a finding is made."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3:
            rule, severity, _ = node.elts
            if constants(severity) and constants(severity)[0] in SEVERITIES:
                yield from ((one, False) for one in constants(rule))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if WRITERS.fullmatch(name):
                for given in node.args[:3]:
                    if isinstance(given, ast.Constant):
                        yield from ((one, False) for one in constants(given))
                    if isinstance(given, ast.JoinedStr):
                        last = given.values[-1]
                        yield from ((one, True) for one in constants(last))


def written():
    for package in ("workflows", "forms"):
        for path in (ROOT / package).rglob("*.py"):
            for slug, is_end in rules_in(path.read_text("utf-8")):
                if is_end and re.fullmatch(r"(-[a-z]+)+", slug):
                    yield slug, True
                elif not is_end and SLUG.fullmatch(slug) and "-" in slug:
                    yield slug, False


def test_every_rule_in_the_code_is_told():
    rules = set(written())

    assert len(rules) > 60
    untold = [
        slug
        for slug, is_end in rules
        if not (
            any(one.endswith(slug) for one in RULES)
            if is_end
            else slug in RULES or slug in OTHERS
        )
    ]
    assert sorted(untold) == []


def test_every_rule_that_is_told_is_broken_by_an_example(first):
    assert sorted(set(RULES) - set(first) - set(STORED) - set(NEVER_SEEN)) == []


def test_every_rule_that_needs_a_store_is_tested_with_one():
    tests = (ROOT / "tests" / "integration").rglob("*.py")
    texts = "".join(path.read_text("utf-8") for path in tests)

    assert [rule for rule in STORED if f'"{rule}"' not in texts] == []


def test_every_rule_that_an_example_breaks_is_told(first):
    assert sorted(set(first) - set(RULES)) == []


def test_no_rule_is_told_twice():
    assert sum(map(len, GROUPS.values())) == len(RULES)


def test_every_sentence_is_gathered_for_the_translators():
    texts = catalogue.gather()

    assert [
        rule for rule, sentence in RULES.items() if str(sentence) not in texts
    ] == []


def test_every_sentence_says_what_is_wrong_and_what_to_do():
    short = [rule for rule, sentence in RULES.items() if str(sentence).count(". ") < 1]

    assert short == []


def test_every_message_says_what_to_do(first):
    short = [one.rule for one in first.values() if len(one.message.split()) < 4]

    assert short == []


def test_the_document_is_up_to_date(first):
    assert DOCUMENT.read_text("utf-8") == text(first), "run `make docs`"
