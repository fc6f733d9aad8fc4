"""What can be wrong with a form or with the answers to it, in English for translation.

Translators find every sentence in `MESSAGES`; a placeholder `{name}` is a parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.texts import Texts

MESSAGES: Mapping[str, str] = {
    "required": "Answer this question",
    "must_be_ticked": "Tick this box to go on",
    "unknown": "This form does not ask this",
    "read_only": "This answer cannot be changed here",
    "not_an_object": "Send a group of named answers here",
    "not_a_text": "Write text here",
    "not_a_number": "Write a number, for example 12",
    "not_yes_or_no": "Answer yes or no",
    "not_a_date": "Write a real date: day, month, year",
    "not_a_time": "Write a time of day: hours and minutes, for example 09:30",
    "not_a_moment": "Write a real date and a time of day, for example 09:30",
    "not_an_interval": "Write a time that is a multiple of {minutes} minutes",
    "not_an_option": "Choose one of the answers offered",
    "not_a_list": "Send a list of answers here",
    "not_items": "Send a list of groups of answers here",
    "too_few_items": "Add entries: at least {limit} are needed",
    "too_many_items": "Remove entries: at most {limit} are taken",
    "items_fixed": "Entries cannot be added or removed here",
    "not_documents": "Attach documents here",
    "document_unknown": "Attach this document again: it is no longer there",
    "document_waits": "This document is still being checked for viruses: try again in"
    " a minute",
    "document_type": "Attach a document of another format: {accept}",
    "document_large": "Attach a smaller document: at most {megabytes} MB",
    "too_many_documents": "Remove documents: at most {limit} are taken",
    "too_short": "Write at least {limit} characters",
    "too_long": "Write at most {limit} characters: now there are {length}",
    "too_small": "Write a number that is {limit} or more",
    "too_large": "Write a number that is {limit} or less",
    "too_many_digits": "Write at most {limit} digits after the decimal point",
    "not_a_step": "Write a number that is a multiple of {step}",
    "pattern": "Write it in the form that the question asks for",
    "pattern_unsettled": "Write it shorter: it could not be checked",
    "check": "Check this answer: it does not fit the others",
    "email": "Write an e-mail address, for example name@example.kz",
    "telephone": "Write a telephone number with its code, for example +7 701 123 45 67",
    "characters": "Remove the characters that cannot be printed",
    "date_passed": "Choose today or a later date",
    "iin_digits": "An IIN has 12 digits",
    "iin_birth_date": "This IIN begins with a date that does not exist",
    "iin_century": "The seventh digit of this IIN is wrong",
    "iin_check": "There is a slip in this IIN: check every digit",
    "iin_other_birth_date": "This IIN tells another date of birth",
    "iin_other_sex": "This IIN tells another sex",
    "bin_digits": "A BIN has 12 digits",
    "bin_month": "The third and fourth digits of this BIN are not a month",
    "bin_kind": "The fifth or sixth digit of this BIN is wrong",
    "bin_check": "There is a slip in this BIN: check every digit",
    "phone": "Write a mobile number, for example +7 701 123 45 67",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one answer; `code` is stable, `msgid` is for gettext.

    `texts` is what the form's author says instead.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    texts: Texts | None = None

    @property
    def msgid(self) -> str:
        return MESSAGES[self.code]

    def __str__(self) -> str:
        if self.texts is not None:
            return self.texts.say("en")
        return self.msgid.format(**self.params)


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a form's file, told so that its author can mend it.

    The same fields as a finding of a deployment; `element_id` is the component's id,
    or its key where it has none; `severity` is "error" or "warning".
    """

    file: str
    element_id: str | None
    rule: str
    severity: str
    message: str


class FormsError(Exception):
    """Something that this package refuses."""


class FormRefused(FormsError):
    """A form that would not do what its file says; `findings` tell what and where."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            "; ".join(f"{f.file}: {f.element_id}: {f.message}" for f in findings)
        )
        self.findings = findings


class AnswersInvalid(FormsError):
    """Answers that need mending: dotted path of the question to its problems."""

    def __init__(self, errors: dict[str, list[Problem]]) -> None:
        super().__init__(
            "; ".join(f"{path}: {each[0].code}" for path, each in errors.items())
        )
        self.errors = errors


class ConditionsUnsettled(FormsError):
    """The conditions of some questions hide each other in turn, without end."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(
            f"{', '.join(paths)}: the conditions of these questions hide each other "
            "in turn; mend the form so that none depends on what it hides"
        )
        self.paths = paths


class ValueUnclear(FormsError):
    """FEEL of a form gave something that its place cannot take."""

    def __init__(self, path: str, expression: str, value: object, wanted: str) -> None:
        # Its type alone: the value may be a person's answer.
        super().__init__(
            f"{path}: `{expression}` gave {type(value).__name__}; it must give {wanted}"
        )
        self.path = path
        self.expression = expression


class ConditionUnclear(FormsError):
    """A condition of a form gave something other than true, false or null."""

    def __init__(self, path: str, expression: str, value: object) -> None:
        # Its type alone: the value may be a person's answer.
        super().__init__(
            f"{path}: the condition `{expression}` gave {type(value).__name__}; "
            "it must give true, false or null"
        )
        self.path = path
        self.expression = expression
