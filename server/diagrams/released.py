"""Drawings of released definitions: read once in each process, painted each time."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from server import i18n
from server.context import transaction
from server.diagrams.painting import Marks, name_of, painted
from server.diagrams.reading import NoDrawing, Plane, read
from workflows import deployments

EXTENSION = "rasim_drawings"
KEPT = 200  # drawings; a release never changes

Sheets = list[tuple[str, Markup]]


def init_app(app: Flask) -> None:
    app.extensions[EXTENSION] = OrderedDict[tuple[str, int], list[Plane]]()
    app.jinja_env.globals.update(drawn=drawn)


def drawn(key: str, version: int, marks: Mapping[str, Any] | None = None) -> Sheets:
    """The sheets of a released drawing, and what each but the first is the inside of.

    `marks` is `ways.Way.marks`. Nothing where the file holds nothing to see.
    """
    told = marks or {}
    way = Marks(told.get("steps", {}), told.get("chosen", {}))
    locale = i18n.locale()
    return [
        (_title(plane, locale) if place else "", painted(plane, locale, way))
        for place, plane in enumerate(_planes(key, version))
    ]


def _planes(key: str, version: int) -> Sequence[Plane]:
    kept: OrderedDict[tuple[str, int], list[Plane]] = current_app.extensions[EXTENSION]
    if (key, version) not in kept:
        with transaction() as tx:
            source = deployments.definition(tx, key, version).source
        try:
            kept[key, version] = read(source)
        except NoDrawing:
            kept[key, version] = []
        if len(kept) > KEPT:
            kept.popitem(last=False)
    return kept[key, version]


def _title(plane: Plane, locale: str) -> str:
    return name_of(plane.of, locale) if plane.of is not None else ""
