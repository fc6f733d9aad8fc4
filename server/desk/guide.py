"""The clerks' guide: its Markdown as a page in the reader's language, with pictures.

The guide and its pictures are in server/guide; `make docs` takes the pictures anew.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from flask import Blueprint, Response, render_template, send_from_directory, url_for
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from server import i18n
from server.auth import require
from server.sections import STAFF

FOLDER = Path(__file__).parent.parent / "guide"
PICTURES = FOLDER / "pictures"
SIZES = PICTURES / "sizes.json"  # name of a picture -> its width and height as shown
PICTURE_SECONDS = 3600


@dataclass(frozen=True)
class Guide:
    """A guide in one language; `parts` are (id, title) of what it is made of."""

    title: str
    parts: Sequence[tuple[str, str]]
    html: Markup


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/help", "guide", show)
    blueprint.add_url_rule("/help/pictures/<name>", "guide_picture", picture)


@require(*STAFF)
def show() -> str:
    return render_template("desk/guide.html", guide=_guide(i18n.locale()))


@require(*STAFF)
def picture(name: str) -> Response:
    return send_from_directory(PICTURES, name, max_age=PICTURE_SECONDS)


@cache
def _guide(locale: str) -> Guide:
    # Raw HTML is shown as text: what is written there cannot run.
    reader = MarkdownIt("js-default")
    tokens = reader.parse((FOLDER / f"{locale}.md").read_text(encoding="utf-8"))
    title = tokens[1].content  # the first line is the heading
    body = tokens[3:]
    parts = list(_number_parts(body))
    for token in body:
        _show_pictures(token.children or [])
    html = reader.renderer.render(body, reader.options, {})
    return Guide(title, parts, Markup(html))  # noqa: S704 - made of our own file


def _number_parts(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Give each part an id of its own; (id, title) in order."""
    found: list[tuple[str, str]] = []
    for opening, text in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            name = f"part-{len(found) + 1}"
            opening.attrSet("id", name)
            found.append((name, text.content))
    return found


def _show_pictures(tokens: Sequence[Token]) -> None:
    """Pictures come from our own address, and keep their place until they are there."""
    for token in tokens:
        if token.type == "image":
            name = Path(str(token.attrs["src"])).name
            width, height = _sizes()[name]
            token.attrs["src"] = url_for("desk.guide_picture", name=name)
            token.attrs |= {"width": width, "height": height}


@cache
def _sizes() -> dict[str, tuple[int, int]]:
    read: dict[str, tuple[int, int]] = json.loads(SIZES.read_text())
    return read
