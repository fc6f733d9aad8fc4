"""One person's form at one moment: the form, what is known, what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import forms


@dataclass(frozen=True)
class Filling:
    """One person's form at one moment.

    `posted` is what the browser sent, raw, or None for a page that is opened afresh;
    `problems` are by dotted path, as validation names them.
    """

    form: forms.Form
    variables: Mapping[str, Any]
    evaluate: forms.Evaluate
    posted: Mapping[str, str] | None = None
    problems: Mapping[str, list[forms.Problem]] = field(default_factory=dict)

    def answers(self) -> dict[str, Any]:
        """What is answered so far, nested as the paths say."""
        if self.posted is not None:
            return forms.from_html(self.form, self.posted)
        return forms.starting_answers(self.form, self.variables)

    def changes_itself(self) -> bool:
        """Whether an answer may show or hide something else."""
        return any(component.hide for component in self.form.walk())

    def posted_one(self, name: str) -> str | None:
        """What the browser sent under a name, as it was typed; None if nothing."""
        return None if self.posted is None else self.posted.get(name)
