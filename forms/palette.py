"""The closed table of form-js components: which run, with which properties.

`docs/forms.md` is made from it; what it does not name is refused by the reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("ru", "en")
# Visual, or the editor's own: kept in the file, no effect on what a form does.
COSMETIC = frozenset({"layout", "showOutline", "verticalAlignment", "searchable"})
EVERY = frozenset({"type", "id", "conditional", "properties"}) | COSMETIC
FOLDED = frozenset({"disableCollapse", "nonCollapsedItems"})  # cosmetic, of lists


@dataclass(frozen=True)
class Runs:
    """What one component may say: its properties, its `validate`, its `properties`."""

    what: str
    properties: frozenset[str]
    own: frozenset[str] = frozenset()
    validate: frozenset[str] = frozenset()
    rasim: frozenset[str] = frozenset()  # values of `properties.rasim`


def said(*names: str) -> frozenset[str]:
    """The own properties that hold a text in Russian and English."""
    return frozenset(f"{name}.{lang}" for name in names for lang in LANGUAGES)


_CHECK = frozenset({"check", "check.message", "check.at"}) | said("check.message")
_LABEL = said("label", "description")
_ASKED = EVERY | {"key", "description", "validate", "readonly", "disabled"}
_QUESTION = _ASKED | {"label"}
_OWN = _LABEL | _CHECK | {"norm", "default"}
_REQUIRED = frozenset({"required"})
_LENGTHS = _REQUIRED | {"minLength", "maxLength"}
_OPTIONS = _QUESTION | {"defaultValue", "values", "valuesKey", "valuesExpression"}
_ADORNED = said("prefix", "suffix")

KNOWN: Mapping[str, Runs] = {
    "textfield": Runs(
        "One line of text.",
        _QUESTION | {"defaultValue", "appearance"},
        _OWN | _ADORNED | said("patternErrorMessage") | {"rasim", "birth_date", "sex"},
        _LENGTHS | {"pattern", "patternErrorMessage", "validationType"},
        frozenset({"iin", "bin", "phone"}),
    ),
    "textarea": Runs(
        "Text of several lines.", _QUESTION | {"defaultValue"}, _OWN, _LENGTHS
    ),
    "number": Runs(
        "A number, exact to the last digit.",
        _QUESTION
        | {"defaultValue", "decimalDigits", "increment", "serializeToString"}
        | {"appearance"},
        _OWN | _ADORNED,
        _REQUIRED | {"min", "max"},
    ),
    "checkbox": Runs(
        "A tick box; `required` asks for the tick.",
        _QUESTION | {"defaultValue"},
        _OWN,
        _REQUIRED,
    ),
    "radio": Runs("One of a few options.", _OPTIONS, _OWN, _REQUIRED),
    "select": Runs(
        "One of many options.",
        _OPTIONS,
        _OWN | {"rasim", "under"},
        _REQUIRED,
        frozenset({"school"}),
    ),
    "checklist": Runs("Several of a few options.", _OPTIONS, _OWN, _REQUIRED),
    "taglist": Runs("Several of many options.", _OPTIONS, _OWN, _REQUIRED),
    "datetime": Runs(
        "A date, a time, or both.",
        _ASKED
        | {"subtype", "dateLabel", "timeLabel", "disallowPassedDates"}
        | {"timeInterval", "use24h", "timeSerializingFormat"},
        _OWN | said("timeLabel"),
        _REQUIRED,
    ),
    "filepicker": Runs(
        "Documents: the answer is a list of them.",
        _QUESTION | {"accept", "multiple"},
        _OWN - {"default"} | {"rasim", "most", "largest", "document"},
        _REQUIRED,
        frozenset({"document"}),
    ),
    "expression": Runs(
        "A value among the answers that the server computes.",
        EVERY | {"key", "expression", "computeOn"},
    ),
    "text": Runs(
        "Words, with FEEL between double braces.", EVERY | {"text"}, said("text")
    ),
    "table": Runs(
        "Rows of a list, to be read.",
        EVERY | {"label", "dataSource", "columns", "columnsExpression", "rowCount"},
        said("label"),
    ),
    "image": Runs(
        "A picture: a data URI, or a document of the case.",
        EVERY | {"source", "alt"},
        said("alt"),
    ),
    "group": Runs(
        "Components under one heading, condition and path.",
        EVERY | {"label", "path", "components"},
        said("label") | _CHECK | {"rasim", "omit", "optional"},
        rasim=frozenset({"person", "address"}),
    ),
    "dynamiclist": Runs(
        "The same components for each item of a list.",
        EVERY
        | FOLDED
        | {"label", "path", "components", "isRepeating"}
        | {"allowAddRemove", "defaultRepetitions"},
        said("label") | _CHECK | {"least", "most"},
    ),
    "separator": Runs("A line across the page.", EVERY),
    "spacer": Runs("Room between two components.", EVERY | {"height"}),
    "button": Runs(
        "Nothing: the page has its own buttons, and says so in a warning.",
        EVERY | {"label", "action"},
        said("label"),
    ),
}

# What form-js has and this house does not run, with what to use in its place.
REFUSED: Mapping[str, str] = {
    "html": "HTML is not shown: use `text`, which takes words and {{FEEL}}",
    "iframe": "pages of others are not shown inside ours: use `text` with the address",
    "documentPreview": "the page shows the documents of a case beside the form: "
    "remove it, or ask for documents with `filepicker`",
    "default": "a form cannot stand inside a form: use `group`",
}

# Properties that are harmless with one value alone.
ONLY: Mapping[str, object] = {"serializeToString": False, "isRepeating": True}
