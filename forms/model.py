"""A form as its file says it: what it asks, in which words, under which conditions.

FEEL is kept as source text without its leading `=`; whoever has an evaluator runs it.
`path` of a question in a list is `children[].name`; `forms.page` lays a form out with
answers, gives every such question its place (`children[0].name`) and what FEEL decides.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from forms.problems import Finding
from forms.texts import Texts

Scalar = str | bool | Decimal
Default = Scalar | date | time | datetime | tuple[Scalar, ...]
TODAY = "today()"  # FEEL: the evaluator's clock, not the machine's


class Kind(enum.StrEnum):
    """What a field asks for; the values are form-js component types and our own."""

    TEXT = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    SELECT = "select"
    CHECKLIST = "checklist"  # several of the options, each a tick box
    TAGLIST = "taglist"  # several of many options
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"  # without a zone: Kazakhstan has one
    FILES = "filepicker"  # a list of documents, even where one is asked
    IIN = "iin"
    BIN = "bin"
    PHONE = "phone"  # a mobile of Kazakhstan
    EMAIL = "email"
    TELEPHONE = "telephone"  # of any country, `+` and digits


SEVERAL = frozenset({Kind.CHECKLIST, Kind.TAGLIST})
CHOICES = frozenset({Kind.RADIO, Kind.SELECT}) | SEVERAL


@dataclass(frozen=True)
class Option:
    """One answer on offer; `token` is its value as an HTML form carries it."""

    value: Scalar
    token: str
    label: Texts


@dataclass(frozen=True)
class OptionsFrom:
    """Options that the form does not list: of `feel`, or of the lookup `lookup`."""

    feel: str | None = None  # gives a list of {label, value} or of plain values
    lookup: str | None = None  # a name that the caller's lookup knows: "school"
    params: Mapping[str, str] = field(default_factory=dict)  # name -> FEEL


@dataclass(frozen=True)
class Limits:
    """What an answer must keep to; None where the form does not limit.

    `feel` has FEEL for `minimum`, `maximum`, `min_length`, `max_length`; laid out, its
    values have taken their place.
    """

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str | None = None  # as `RegExp.test` of form-js reads it
    pattern_message: Texts | None = None
    decimal_digits: int | None = None
    step: Decimal | None = None
    from_today: bool = False
    minutes: int = 1  # a time is at a multiple of them, from the full hour
    feel: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Files:
    """What documents a question takes; `accept` has media types like `image/png`."""

    accept: tuple[str, ...]
    most: int = 1  # how many
    largest: int = 10 * 1024 * 1024  # bytes of one
    document: str | None = None  # the kind of document, as `documents.json` names it


@dataclass(frozen=True)
class Check:
    """FEEL that must be true of answers, and what is said where it is not.

    `at` is the question, by its key beside the component, at which it is said.
    """

    feel: str
    message: Texts
    at: str | None = None


@dataclass(frozen=True)
class CrossCheck:
    """Paths of the questions that an IIN must agree with, in its own list item."""

    birth_date: str | None = None
    sex: str | None = None  # answered by "male" or "female"


@dataclass(frozen=True)
class Field:
    """One question. `path` is where its answer lives: `decision.accepted`."""

    id: str
    path: str
    kind: Kind
    label: Texts
    description: Texts | None = None
    limits: Limits = field(default_factory=Limits)
    options: tuple[Option, ...] = ()
    options_from: OptionsFrom | None = None
    default: Default | None = None
    default_feel: str | None = None
    readonly: bool | str = False  # a string is FEEL
    hide: tuple[str, ...] = ()  # its own FEEL condition and those of its groups
    norms: tuple[str, ...] = ()
    files: Files | None = None  # of Kind.FILES
    check: Check | None = None
    cross: CrossCheck | None = None  # of Kind.IIN
    time_label: Texts | None = None  # of Kind.DATETIME, beside the label of the date
    prefix: Texts | None = None
    suffix: Texts | None = None  # a unit: "тг"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))


@dataclass(frozen=True)
class Computed:
    """A value among the answers that the server computes; nobody types it."""

    id: str
    path: str
    feel: str
    at_end: bool = False  # `presubmit`: conditions do not see it
    hide: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))


@dataclass(frozen=True)
class Part:
    """A piece of a text: words as they are, or FEEL whose value is shown."""

    text: str
    is_expression: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Text that is only read: parts by language; Kazakh is always there."""

    id: str
    parts: dict[str, tuple[Part, ...]]
    hide: tuple[str, ...] = ()

    def say(self, locale: str) -> tuple[Part, ...]:
        return self.parts.get(locale) or self.parts["kk"]


@dataclass(frozen=True)
class Separator:
    """A line between two parts of the page."""

    id: str
    hide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spacer:
    """Room between two parts of the page, in pixels."""

    id: str
    height: int
    hide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Image:
    """A picture: a data URI of PNG or JPEG, or FEEL that gives a document of the case.

    One of `data` and `feel`; `alt` is what it shows, for who cannot see it.
    """

    id: str
    alt: Texts
    data: str | None = None
    feel: str | None = None
    hide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    key: str
    label: Texts


@dataclass(frozen=True)
class Table:
    """Rows that are only read: `source` is FEEL that gives a list of contexts."""

    id: str
    label: Texts | None
    source: str
    columns: tuple[Column, ...] = ()
    columns_feel: str | None = None  # gives a list of {key, label}
    row_count: int | None = None  # rows of one page of it
    hide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Questions that belong together, under a heading if it has one."""

    id: str
    label: Texts | None
    components: tuple["Component", ...]
    hide: tuple[str, ...] = ()
    check: Check | None = None
    rasim: str | None = None  # "person", "address": its questions are the package's


@dataclass(frozen=True)
class DynamicList:
    """The same questions again for each item; `path` is where the list lives.

    A list in a list has the path `children[].documents`.
    """

    id: str
    label: Texts | None
    path: str
    components: tuple["Component", ...]
    first: int = 1  # items of a fresh page
    may_change: bool = True  # whether items are added and removed by hand
    least: int = 0
    most: int = 100
    hide: tuple[str, ...] = ()
    check: Check | None = None  # of each item

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))


Component = (
    Field
    | Computed
    | Paragraph
    | Separator
    | Spacer
    | Image
    | Table
    | Group
    | DynamicList
)


@dataclass(frozen=True, eq=False)  # compared and cached by identity: True == 1
class Form:
    """One form of a release; `warnings` did not stop it."""

    id: str
    file: str
    components: tuple[Component, ...]
    warnings: tuple[Finding, ...] = ()
    check: Check | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every question, those of lists once, with paths like `children[].name`."""
        return tuple(c for c in self.walk() if isinstance(c, Field))

    @property
    def norms(self) -> tuple[str, ...]:
        """The ids of the articles that its questions rest on, each once."""
        return tuple(dict.fromkeys(n for each in self.fields for n in each.norms))

    def walk(self) -> Iterator[Component]:
        """Every component, groups before what they hold, in the order of the page."""
        waiting = list(reversed(self.components))
        while waiting:
            component = waiting.pop()
            yield component
            if isinstance(component, Group | DynamicList):
                waiting.extend(reversed(component.components))
