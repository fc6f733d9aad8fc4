"""What each rule of the linter says in general, in the reader's language."""

from server import i18n
from server.rule_words.drawings import DRAWN, FILES, FLOWS, SOUNDNESS
from server.rule_words.reading import DECISIONS, FORMS
from server.rule_words.running import EVENTS, EXPRESSIONS, TASKS

# Title of its part in docs/lint-rules.md -> rule -> sentence: the fault, and the mend.
GROUPS = {
    "Files": FILES,
    "What is drawn": DRAWN,
    "Flows and gateways": FLOWS,
    "Soundness": SOUNDNESS,
    "Events": EVENTS,
    "Tasks": TASKS,
    "Expressions and variables": EXPRESSIONS,
    "Decisions": DECISIONS,
    "Forms": FORMS,
}
RULES = {
    rule: sentence for rules in GROUPS.values() for rule, sentence in rules.items()
}


def said(rule: str) -> str:
    """The rule's sentence as a page says it; "" where a finding's own message says it.

    Messages are English, so a reader of English is told nothing twice.
    """
    if i18n.locale() == "en":
        return ""
    return str(RULES.get(rule, ""))
