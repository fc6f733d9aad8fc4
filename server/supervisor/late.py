"""What is late, what is due today, what is due within three working days."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from werkzeug import Response

from server import exports, i18n, moments, rendering
from server.auth import require
from server.context import caller, services, transaction
from server.i18n import gettext
from server.sections import WATCHERS
from server.sorting import Order, Part
from workflows import deadline_list, deployments
from workflows.deadline_list import DeadlineRow, Totals
from workflows.model import Page

BANDS = ("missed", "today", "soon")

Names = Mapping[str, str]


@dataclass
class Share:
    """The three numbers of one procedure, or of one office."""

    key: str
    name: str
    numbers: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Procedures:
    """What the list calls procedures and steps, from the newest versions."""

    names: Mapping[str, Names]
    steps: Mapping[tuple[str, str], Names]

    def name(self, key: str) -> str:
        return i18n.name_in(self.names.get(key, {}), key)

    def step(self, row: DeadlineRow) -> str:
        """The step that owes the work; for a deadline of the whole case, so said."""
        if row.task_id is None:
            return gettext("The whole case")
        process = row.called_process or row.process_key
        return i18n.name_in(
            self.steps.get((process, row.element_id), {}), row.element_id
        )


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/late", "late", late)
    blueprint.add_url_rule("/late.csv", "late_csv", late_csv)


@require(*WATCHERS)
def late() -> str | Response:
    now = services().clock.now()
    with transaction() as tx:
        overview = deadline_list.overview(tx, caller(), now)
        totals = deadline_list.totals(tx, caller(), now)
        procedures = _procedures(tx)
        cursor = request.args.get("cursor") or None
        found = _order(procedures).page(_listed(tx), cursor)
    context = {
        "band": _band(),
        "by_office": _by_office(totals),
        "by_procedure": _by_procedure(totals, procedures),
        "is_filtered": bool(_chosen("process_key") or _chosen("office")),
        "numbers": {band: getattr(overview, band) for band in BANDS},
        "found": found,
        "page": found.page,
        "procedures": procedures,
        "section": "late",
    }
    if rendering.is_fragment():
        return rendering.live("supervisor/_late.html", **context)
    return render_template("supervisor/late.html", **context)


@require(*WATCHERS)
def late_csv() -> Response:
    """The list as it is filtered and sorted, whole."""
    with transaction() as tx:
        procedures = _procedures(tx)
        found = _order(procedures).whole(_listed(tx))
        rows = [_cells(row, procedures) for row in found]
    head = [
        gettext("Application number"),
        gettext("Procedure"),
        gettext("Step"),
        gettext("Office"),
        gettext("Who has it"),
        gettext("Deadline"),
    ]
    return exports.csv_file("deadlines", head, rows)


def _listed(tx: sa.Connection) -> Part[DeadlineRow]:
    def part(limit: int, cursor: str | None) -> Page[DeadlineRow]:
        return deadline_list.listed(
            tx,
            caller(),
            services().clock.now(),
            band=_band() or None,
            process_key=_chosen("process_key"),
            office=_chosen("office"),
            limit=limit,
            cursor=cursor,
        )

    return part


def _order(procedures: Procedures) -> Order[DeadlineRow]:
    return Order(
        "due_at",
        {
            "number": lambda row: row.business_key,
            "due_at": lambda row: row.due_at,
            "step": procedures.step,
            "office": lambda row: i18n.name_in(row.office_names, row.office),
            "assignee": lambda row: row.assignee,
        },
    )


def _band() -> str:
    asked = request.args.get("band", "")
    return asked if asked in BANDS else ""


def _chosen(name: str) -> str | None:
    return request.args.get(name) or None


def _procedures(tx: sa.Connection) -> Procedures:
    names: dict[str, Names] = {}
    steps: dict[tuple[str, str], Names] = {}
    for row in deployments.procedures(tx, caller()):
        names[row.key] = row.names
        for element in deployments.definition(tx, row.key).summary["elements"]:
            steps[row.key, element["id"]] = element["names"]
    return Procedures(names, steps)


def _by_office(totals: Iterable[Totals]) -> list[Share]:
    return _shares(
        totals,
        lambda one: (one.office, i18n.name_in(one.office_names, one.office)),
    )


def _by_procedure(totals: Iterable[Totals], procedures: Procedures) -> list[Share]:
    return _shares(
        totals, lambda one: (one.process_key, procedures.name(one.process_key))
    )


def _shares(
    totals: Iterable[Totals], key_and_name: Callable[[Totals], tuple[str, str]]
) -> list[Share]:
    """Totals added up by what `key_and_name` says, the most missed first."""
    found: dict[str, Share] = {}
    for one in totals:
        key, name = key_and_name(one)
        share = found.setdefault(key, Share(key, name))
        share.numbers.update({band: getattr(one, band) for band in BANDS})
    return sorted(
        found.values(),
        key=lambda share: [-share.numbers[band] for band in BANDS],
    )


def _cells(row: DeadlineRow, procedures: Procedures) -> list[str]:
    return [
        row.business_key or "",
        procedures.name(row.process_key),
        procedures.step(row),
        i18n.name_in(row.office_names, row.office),
        row.assignee or "",
        moments.exact(row.due_at),
    ]
