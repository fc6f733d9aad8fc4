"""The sheet of keys: what can be done without taking the hands from the keyboard."""

from flask import Blueprint, render_template

from server import rendering
from server.auth import require
from server.context import caller
from server.i18n import gettext
from server.sections import STAFF, sections

Keys = list[tuple[tuple[str, ...], str]]


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/help/keys", "keys", keys)


@require(*STAFF)
def keys() -> str:
    is_dialog = rendering.is_fragment()
    template = "desk/_keys.html" if is_dialog else "desk/keys.html"
    box = "keys-switch-dialog" if is_dialog else "keys-switch"
    return render_template(template, keys=_keys(), box_id=box)


def _keys() -> list[tuple[str, Keys]]:
    everywhere: Keys = [
        (("g", one.key), one.text) for one in sections(caller()) if one.key
    ]
    everywhere.append((("?",), gettext("This sheet")))
    in_list: Keys = [
        (("j",), gettext("To the next task; from a task also the arrow down")),
        (("k",), gettext("To the task before; from a task also the arrow up")),
        (("Enter",), gettext("Open the task")),
        (("x",), gettext("Tick the task, or take the tick away")),
        (("a",), gettext("Tick all on this page")),
        (("b",), gettext("To what can be done with the ticked tasks")),
        (("c",), gettext("Take the task")),
        (("n",), gettext("Take the next task")),
        (("/",), gettext("Search")),
        (("g", "m"), gettext("My tasks")),
    ]
    return [
        (gettext("On every page"), everywhere),
        (gettext("In the list of tasks"), in_list),
    ]
