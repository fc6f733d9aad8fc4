"""What needs mending, above the form, each linked to the input that mends it."""

from collections.abc import Iterable, Iterator

import forms
from server import i18n
from server.forms_html.asking import field_id
from server.forms_html.filling import Filling

FIRST_PARTS = {forms.Kind.DATE: "-day", forms.Kind.DATETIME: "-day"}


def summary(filling: Filling) -> list[dict[str, str]]:
    """What needs mending, in the order of the page, each linked to its question."""
    places = dict(_places(filling.page.items))
    ordered = [path for path in places if path in filling.problems]
    ordered += [path for path in filling.problems if path not in places]
    return [
        {
            "text": i18n.say_problem(filling.problems[path][0]),
            "href": f"#{places.get(path, 'form')}",
        }
        for path in ordered
    ]


def _places(items: Iterable[forms.Item]) -> Iterator[tuple[str, str]]:
    """Each path at which a problem may be told, and the id that a link leads to."""
    for item in items:
        match item:
            case forms.Question():
                end = FIRST_PARTS.get(item.field.kind, "")
                yield item.path, field_id(item.path) + end
            case forms.Section():
                yield item.path, field_id(item.path)
                yield from _places(item.items)
            case forms.Rows():
                yield item.path, field_id(item.path)
                for row in item.rows:
                    yield row.path, field_id(row.path)
                    yield from _places(row.items)
