"""What needs mending, above the form, each linked to the input that mends it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

import forms
from server import i18n
from server.forms_html import languages
from server.forms_html.asking import field_id
from server.forms_html.filling import Filling
from server.i18n import gettext

FIRST_PARTS = {forms.Kind.DATE: "-day", forms.Kind.DATETIME: "-day"}


@dataclass(frozen=True)
class _Place:
    """Where a problem may be told: what a link to it says, and the id it leads to."""

    name: str
    id: str


def summary(filling: Filling) -> list[dict[str, str]]:
    """What needs mending, in the order of the page, each linked to its question.

    Each link names its question: many say the same of themselves.
    """
    places = dict(_places(filling.page.items))
    ordered = [path for path in places if path in filling.problems]
    ordered += [path for path in filling.problems if path not in places]
    return [
        _link(places.get(path, _Place("", "form")), filling.problems[path][0])
        for path in ordered
    ]


def _link(place: _Place, problem: forms.Problem | str) -> dict[str, str]:
    told = i18n.say_problem(problem)
    text = Markup("{}: {}").format(place.name, told) if place.name else told
    return {"text": text, "href": f"#{place.id}"}


def _places(
    items: Iterable[forms.Item], within: str = ""
) -> Iterator[tuple[str, _Place]]:
    """By path; `within` names the item of a list that they are in."""
    for item in items:
        match item:
            case forms.Question():
                end = FIRST_PARTS.get(item.field.kind, "")
                name = _named(item.field.label, within)
                yield item.path, _Place(name, field_id(item.path) + end)
            case forms.Section():
                yield item.path, _Place(_named(item.group.label), field_id(item.path))
                yield from _places(item.items, within)
            case forms.Rows():
                label = _named(item.list.label)
                yield item.path, _Place(label, field_id(item.path))
                for number, row in enumerate(item.rows, start=1):
                    name = languages.numbered(label or gettext("List"), number)
                    yield row.path, _Place(name, field_id(row.path))
                    yield from _places(row.items, name)


def _named(label: forms.Texts | None, within: str = "") -> str:
    words = languages.said(label) if label else ""
    return Markup("{}, {}").format(within, words) if within else words
