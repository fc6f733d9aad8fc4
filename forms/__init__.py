"""Forms of user tasks: form-js schemas read and answers validated. FEEL comes in as a
function; rendering is the server's. Imports nothing else of this project."""

from forms.model import (
    Component,
    Field,
    Form,
    Group,
    Kind,
    Option,
    Paragraph,
    Part,
    Separator,
    Texts,
    expressions,
)
from forms.problems import (
    MESSAGES,
    AnswersInvalid,
    ConditionsUnsettled,
    ConditionUnclear,
    Finding,
    FormRefused,
    FormsError,
    Problem,
)
from forms.reading import read
from forms.submitted import from_html
from forms.validation import Evaluate, read_only, starting_answers, validate, visible

__all__ = [
    "MESSAGES",
    "AnswersInvalid",
    "Component",
    "ConditionUnclear",
    "ConditionsUnsettled",
    "Evaluate",
    "Field",
    "Finding",
    "Form",
    "FormRefused",
    "FormsError",
    "Group",
    "Kind",
    "Option",
    "Paragraph",
    "Part",
    "Problem",
    "Separator",
    "Texts",
    "expressions",
    "from_html",
    "read",
    "read_only",
    "starting_answers",
    "validate",
    "visible",
]
