"""What a button of a form does to what was typed, before the form is shown again."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

import forms
from server.forms_html.documents import DROP_BUTTON
from server.forms_html.filling import several

Posted = MultiDict[str, str]


@dataclass(frozen=True)
class Changed:
    """What is typed now, what was changed, and how: as `Filling` takes them."""

    posted: Posted
    focus: str = ""
    done: str = ""


def changed(form: forms.Form, posted: Posted) -> Changed:
    """What was typed, with an item of a list or a document added or taken away."""
    if posted.get(forms.ADD):
        return _added(form, posted, posted[forms.ADD])
    if posted.get(forms.REMOVE):
        path = posted[forms.REMOVE].rpartition("[")[0]
        return Changed(_renumbered(form, posted), path, "removed")
    if posted.get(DROP_BUTTON):
        return _dropped(posted, posted[DROP_BUTTON])
    return Changed(posted)


def _added(form: forms.Form, posted: Posted, path: str) -> Changed:
    now = _renumbered(form, posted)
    count = sum(1 for name in now if _is_item(name, path))
    return Changed(now, f"{path}[{count - 1}]", "added")


def _is_item(name: str, path: str) -> bool:
    index = name.removeprefix(f"{path}[").removesuffix("]")
    return name == f"{path}[{index}]" and index.isdigit()


def _renumbered(form: forms.Form, posted: Posted) -> Posted:
    return MultiDict(forms.renumbered(form, several(posted)))


def _dropped(posted: Posted, told: str) -> Changed:
    """Without one document: `told` is `path=id`."""
    path, _, document = told.partition("=")
    now = MultiDict(posted)
    now.setlist(path, [each for each in posted.getlist(path) if each != document])
    return Changed(now, path, "removed")
