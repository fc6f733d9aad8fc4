"""One person's form at one moment: the form, what is known, what was typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from werkzeug.datastructures import MultiDict

import forms
from workflows import form_faults

# werkzeug's MultiDict, or one text or several for each name.
Posted = Mapping[str, str | Sequence[str]]
# By path, what is wrong there: a problem, or a sentence in the reader's language.
Problems = Mapping[str, Sequence[forms.Problem | str]]


def _no_address(document_id: str) -> str | None:
    return None


@dataclass(frozen=True)
class Filling:
    """One person's form at one moment.

    `posted` is what the browser sent, raw, or None for a page that is opened afresh;
    `problems` are by path, as validation names them. `action` is where the form is
    posted to be shown again; without it nothing is added to a list.
    """

    form: forms.Form
    variables: Mapping[str, Any]
    evaluate: forms.Evaluate
    posted: Posted | None = None
    problems: Problems = field(default_factory=dict)
    sources: forms.Sources = field(default_factory=forms.Sources)
    action: str = ""
    address_of: Callable[[str], str | None] = _no_address  # of a document, by its id
    picture_of: Callable[[str], str | None] = _no_address  # of its first page
    focus: str = ""  # path of the list, item or question that a button has changed
    done: str = ""  # what it did: "added" or "removed"

    @cached_property
    def page(self) -> forms.Page:
        """What is shown now, laid out; FormFailed for a fault of the form itself."""
        with form_faults.named(self.form):
            return self._laid_out()

    def _laid_out(self) -> forms.Page:
        if self.posted is not None:
            answers = forms.from_html(self.form, several(self.posted))
        else:
            answers = forms.starting_answers(self.form, self.variables, self.evaluate)
        return forms.lay_out(
            self.form, answers, self.variables, self.evaluate, self.sources
        )

    @cached_property
    def begins_at(self) -> str:
        """Path of what the reader goes on with: of a new item its first question."""
        inside = (
            question.path
            for question in self.page.questions()
            if not question.is_fixed and question.path.startswith(f"{self.focus}.")
        )
        return next(inside, self.focus) if self.focus else ""

    def changes_itself(self) -> bool:
        """Whether an answer may show, hide or change something else."""
        return bool(forms.expressions(self.form))

    def takes_files(self) -> bool:
        """Whether the form that holds it must be sent in parts."""
        return any(field.files is not None for field in self.form.fields)

    def problem(self, path: str) -> forms.Problem | str | None:
        """What is wrong at a path, first things first."""
        found = self.problems.get(path)
        return found[0] if found else None

    def posted_one(self, name: str) -> str | None:
        """What the browser sent under a name, as it was typed; None if nothing."""
        found = self.posted_all(name)
        return found[0] if found else None

    def posted_all(self, name: str) -> Sequence[str]:
        """All that the browser sent under a name."""
        return self._typed.get(name, ())

    @cached_property
    def _typed(self) -> Mapping[str, Sequence[str]]:
        return {} if self.posted is None else several(self.posted)


def several(posted: Posted) -> dict[str, list[str]]:
    """What was posted as `forms` reads it: all that stands under each name."""
    if isinstance(posted, MultiDict):
        return dict(posted.lists())
    return {
        n: [told] if isinstance(told, str) else list(told) for n, told in posted.items()
    }
