"""The form files of a release: read, and every FEEL text in them parsed."""

from typing import Any

import forms
from workflows import feel
from workflows.model import Finding


def read(
    source: bytes, file: str, parser: feel.Parser
) -> tuple[forms.Form, dict[str, Any], list[Finding]]:
    """The form, the trees of its expressions, and findings that tell the component.

    Raises forms.FormRefused for what is no form that runs.
    """
    form = forms.read(source, file)
    trees: dict[str, Any] = {}
    findings: list[Finding] = []
    for one in forms.located(form):
        if one.text not in trees:
            try:
                tree = parser.parse(one.text)
                feel.compile_tree(tree, one.text)  # an unknown function, a wrong date
            except feel.FeelSyntaxError as error:
                findings.append(_unreadable(file, one, error))
                continue
            trees[one.text] = tree
        if one.is_condition and feel.is_never_boolean(trees[one.text]):
            findings.append(
                _error(
                    file,
                    one,
                    "condition-not-boolean",
                    f'The condition "{one.text}" of {one.component_id} gives a value '
                    "that is neither true nor false. Compare it with something.",
                )
            )
    return form, dict(sorted(trees.items())), findings


def _unreadable(file: str, one: forms.Located, error: feel.FeelSyntaxError) -> Finding:
    return _error(
        file,
        one,
        "feel-syntax",
        f'The expression "{one.text}" of {one.component_id} cannot be read: '
        f"{error.reason}, at character {(error.position or 0) + 1}. Correct it.",
    )


def _error(file: str, one: forms.Located, rule: str, message: str) -> Finding:
    return Finding(file, one.component_id, rule, "error", message)
