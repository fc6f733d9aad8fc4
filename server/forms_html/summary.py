"""What needs mending, above the form, each linked to the input that mends it."""

import forms
from server import i18n
from server.forms_html.asking import field_id
from server.forms_html.filling import Filling


def summary(filling: Filling) -> list[dict[str, str]]:
    """What needs mending, in the order of the page, each linked to its question."""
    known = {each.path: each for each in filling.form.fields}
    ordered = [path for path in known if path in filling.problems]
    ordered += [path for path in filling.problems if path not in known]
    return [
        {
            "text": i18n.say_problem(filling.problems[path][0]),
            "href": f"#{_first_id(known[path]) if path in known else 'form'}",
        }
        for path in ordered
    ]


def _first_id(field: forms.Field) -> str:
    is_date = field.kind is forms.Kind.DATE
    return field_id(field.path) + ("-day" if is_date else "")
