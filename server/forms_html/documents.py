"""Questions that are answered by documents: what is there, and room for more."""

import json
from decimal import Decimal
from typing import Any

import forms
from forms.documents import ENDINGS
from server import i18n
from server.forms_html import languages
from server.forms_html.asking import Asking, error
from server.i18n import gettext

UPLOAD = "-upload"  # ends the name of the input that takes files
# As those of lists: no question has such a key.
UPLOAD_BUTTON, DROP_BUTTON = ":upload", ":drop"
KILOBYTE = 1024


def question(asked: Asking) -> dict[str, Any]:
    files = asked.field.files or forms.Files(())
    held = listed(asked)
    has_room = len(held) < files.most and bool(asked.filling.action)
    hint = asked.field.description
    return {
        "kind": "documents",
        "id": asked.id,
        "name": asked.name,
        "question": asked.asked(),
        "hint": languages.said(hint) if hint else None,
        "rules": _rules(files),
        "error": error(asked.problem) if asked.problem else None,
        "documents": held,
        "said": _said(asked) if asked.is_focus else "",
        "is_focus": asked.is_focus,
        "upload": asked.name + UPLOAD,
        "accept": ",".join(_endings(files)),
        "is_multiple": files.most - len(held) > 1,
        "add": _button(asked, UPLOAD_BUTTON, asked.name) if has_room else None,
        "vals": json.dumps({UPLOAD_BUTTON: asked.name}),
    }


def listed(asked: Asking) -> list[dict[str, Any]]:
    """The documents of an answer, each with its address where it may be seen."""
    return [
        {
            "id": each.id,
            "name": each.name,
            "size": size(each.size),
            "href": asked.filling.address_of(each.id),
            "remove": _button(asked, DROP_BUTTON, f"{asked.name}={each.id}"),
        }
        for each in asked.question.documents
    ]


def size(number: int) -> str:
    """Bytes as people read them: 640 KB, 2.5 MB."""
    kilobytes = max(1, round(number / KILOBYTE))
    if kilobytes < KILOBYTE:
        return gettext("%(number)s KB", number=i18n.number(kilobytes))
    megabytes = round(Decimal(kilobytes) / KILOBYTE, 1).normalize()
    return gettext("%(number)s MB", number=i18n.number(megabytes))


def _said(asked: Asking) -> str:
    return {
        "added": gettext("The document is added."),
        "removed": gettext("The document is removed."),
    }.get(asked.filling.done, "")


def _rules(files: forms.Files) -> str:
    """What is taken: kinds of file, how large, how many."""
    kinds = ", ".join(each.removeprefix(".").upper() for each in _endings(files))
    told = [
        kinds,
        gettext("%(size)s at most", size=size(files.largest)),
    ]
    if files.most > 1:
        told.append(gettext("Files: at most %(count)s", count=files.most))
    return "; ".join(filter(None, told)) + "."


def _endings(files: forms.Files) -> list[str]:
    return [
        ending
        for ending, types in ENDINGS.items()
        if not files.accept or any(each in files.accept for each in types)
    ]


def _button(asked: Asking, name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value, "action": asked.filling.action}
