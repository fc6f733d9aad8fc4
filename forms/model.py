"""A form as read: what it asks, in which words, and under which conditions.

FEEL is kept as source text without its leading `=`; whoever has an evaluator runs it.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from forms.problems import Finding

Scalar = str | bool | Decimal
TODAY = "today()"  # FEEL: the evaluator's clock, not the machine's


class Kind(enum.StrEnum):
    """What a field asks for; the values are form-js component types and our own."""

    TEXT = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    SELECT = "select"
    DATE = "date"
    IIN = "iin"
    BIN = "bin"
    PHONE = "phone"


@dataclass(frozen=True)
class Texts:
    """One text in the languages it has; Kazakh is the source and the fallback."""

    kk: str
    ru: str | None = None
    en: str | None = None

    def say(self, locale: str) -> str:
        """In the language `locale` ("kk", "ru", "en"), else in Kazakh."""
        return {"ru": self.ru, "en": self.en}.get(locale) or self.kk


@dataclass(frozen=True)
class Option:
    """One answer on offer; `token` is its value as an HTML form carries it."""

    value: Scalar
    token: str
    label: Texts


@dataclass(frozen=True)
class Limits:
    """What an answer must keep to; None where the form does not limit."""

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str | None = None  # as `RegExp.test` of form-js reads it
    decimal_digits: int | None = None
    step: Decimal | None = None
    from_today: bool = False


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
    default: Scalar | None = None
    readonly: bool | str = False  # a string is FEEL
    hide: tuple[str, ...] = ()  # its own FEEL condition and those of its groups
    norms: tuple[str, ...] = ()

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
class Group:
    """Questions that belong together, under a heading if it has one."""

    id: str
    label: Texts | None
    components: tuple["Component", ...]
    hide: tuple[str, ...] = ()


Component = Field | Paragraph | Separator | Group


@dataclass(frozen=True, eq=False)  # compared and cached by identity: True == 1
class Form:
    """One form of a release; `warnings` did not stop it."""

    id: str
    file: str
    components: tuple[Component, ...]
    warnings: tuple[Finding, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
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
            if isinstance(component, Group):
                waiting.extend(reversed(component.components))


def expressions(form: Form) -> set[str]:
    """Every FEEL text of the form, so that a release parses them all."""
    found: set[str] = set()
    for component in form.walk():
        found.update(component.hide)
        if isinstance(component, Field):
            if isinstance(component.readonly, str):
                found.add(component.readonly)
            if component.limits.from_today:
                found.add(TODAY)
        elif isinstance(component, Paragraph):
            for parts in component.parts.values():
                found.update(part.text for part in parts if part.is_expression)
    return found
