"""One thing done with the ticked tasks of the list, and what came of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

import forms
from server import forms_html, i18n
from server.auth import require
from server.context import caller, services, transaction, world
from server.desk import answering, filters
from server.i18n import gettext, lazy_gettext
from server.sections import WORKERS
from workflows import bulk, steps, tasks
from workflows.bulk import LIMIT, Outcome
from workflows.model import AnswersRefused, NotFound, RasimError
from workflows.task_rights import Candidate
from workflows.task_rows import TaskRow

_ = lazy_gettext

# What a report is called; the numbers are of tasks.
TITLES: Mapping[str, object] = {
    "claim": _("Taken: %(done)s of %(all)s"),
    "release": _("Given back: %(done)s of %(all)s"),
    "assign": _("Assigned: %(done)s of %(all)s"),
    "complete": _("Completed: %(done)s of %(all)s"),
}


@dataclass(frozen=True)
class Line:
    """One task of a report; `row` is None where the caller does not see it."""

    task_id: uuid.UUID
    row: TaskRow | None
    reason: str


@dataclass(frozen=True)
class Same:
    """Ticked tasks of one step, whose form is filled once for all of them."""

    rows: list[TaskRow]
    form: forms.Form | None
    evaluate: forms.Evaluate

    def filling(
        self,
        posted: Mapping[str, str] | None = None,
        problems: Mapping[str, list[forms.Problem]] | None = None,
    ) -> forms_html.Filling | None:
        """Without anything of a single case: the answers are for all."""
        if self.form is None:
            return None
        sources = answering.sources(self.rows[0].id)
        return forms_html.Filling(
            self.form, {}, self.evaluate, posted, problems or {}, sources
        )


def register(blueprint: Blueprint) -> None:
    for path, name, view, method in (
        ("", "bulk", act, "POST"),
        ("", "bulk_back", back, "GET"),
        ("/assign", "bulk_assign_ask", ask_assign, "GET"),
        ("/assign", "bulk_assign", assign, "POST"),
        ("/complete", "bulk_complete_ask", ask_complete, "GET"),
        ("/complete", "bulk_complete", complete, "POST"),
        ("/fields", "bulk_fields", fields, "POST"),
    ):
        blueprint.add_url_rule(f"/tasks/bulk{path}", name, view, methods=[method])


@require(*WORKERS)
def act() -> str | Response:
    """Do what needs no further question, or lead to the page that asks it."""
    ids = _ids(",".join(request.form.getlist("task")))
    wanted = request.form.get("act", "")
    if not ids:
        return redirect(_list(said="none_ticked"))
    if wanted == "claim":
        return _report(
            wanted, bulk.claim(services().store, world(), caller(), ids), ids
        )
    if wanted == "release":
        outcomes = bulk.release(services().store, world(), caller(), ids)
        return _report(wanted, outcomes, ids)
    pages = {"assign": "desk.bulk_assign_ask", "complete": "desk.bulk_complete_ask"}
    if wanted not in pages:
        return redirect(_list())
    told = ",".join(str(each) for each in ids)
    return redirect(
        url_for(pages[wanted], tasks=told, **filters.address(*filters.asked()))
    )


@require(*WORKERS)
def back() -> Response:
    """A report is not kept: its address shows the list that it came from."""
    return redirect(_list())


@require(*WORKERS)
def ask_assign() -> str | Response:
    return _ask_assign()


@require(*WORKERS)
def assign() -> str | Response | tuple[str, int]:
    ids = _ids(request.args.get("tasks", ""))
    assignee = request.form.get("assignee", "")
    if not assignee:
        return _ask_assign(problem=gettext("Choose who is to do the tasks.")), 422
    outcomes = bulk.assign(services().store, world(), caller(), ids, assignee)
    return _report("assign", outcomes, ids)


@require(*WORKERS)
def ask_complete() -> str | Response:
    with transaction() as tx:
        same = _same(tx)
    return _ask_complete(same, same.filling() if same else None)


@require(*WORKERS)
def complete() -> str | Response | tuple[str, int]:
    """Complete all with the same answers; the form again where it needs mending."""
    with transaction() as tx:
        same = _same(tx)
    if same is None:
        return _ask_complete(None, None), 422
    answers = forms.from_html(same.form, request.form) if same.form else {}
    ids = [row.id for row in same.rows]
    outcomes = bulk.complete(services().store, world(), caller(), ids, answers)
    refused = [one.error for one in outcomes if isinstance(one.error, AnswersRefused)]
    if len(refused) == len(outcomes):
        problems: Any = refused[0].data["errors"]
        return _ask_complete(same, same.filling(request.form, problems)), 422
    return _report("complete", outcomes, ids)


@require(*WORKERS)
def fields() -> str:
    """The questions again, after an answer that may show or hide some of them."""
    with transaction() as tx:
        same = _same(tx)
    filling = same.filling(request.form) if same else None
    return forms_html.fields(filling) if filling else ""


# --- the pages --------------------------------------------------------------------


def _ask_assign(problem: str = "") -> str:
    with transaction() as tx:
        rows = _rows(tx)
        people = _candidates(tx, rows)
    return render_template(
        "desk/bulk_assign.html",
        back=_list(),
        people=people,
        problem=problem,
        rows=rows,
        section="tasks",
    )


def _ask_complete(same: Same | None, filling: forms_html.Filling | None) -> str:
    return render_template(
        "desk/bulk_complete.html",
        back=_list(),
        fields=forms_html.fields(filling) if filling else "",
        problems=forms_html.summary(filling) if filling and filling.problems else [],
        reacts=filling is not None and filling.changes_itself(),
        same=same,
        section="tasks",
    )


def _report(wanted: str, outcomes: Sequence[Outcome], ids: Sequence[uuid.UUID]) -> str:
    with transaction() as tx:
        refused = [
            Line(one.task_id, _seen(tx, one.task_id), _reason(one.error))
            for one in outcomes
            if one.error is not None
        ]
    done = [one.row for one in outcomes if one.row is not None]
    title = str(TITLES[wanted]) % {"done": len(done), "all": len(ids)}
    return render_template(
        "desk/bulk_report.html",
        act=wanted,
        back=_list(),
        done=done,
        refused=refused,
        section="tasks",
        title=title,
    )


def _reason(error: RasimError) -> str:
    """Why a task was refused; of answers, each one that needs mending."""
    if isinstance(error, NotFound):
        return gettext("It is not among the tasks of your offices.")
    if not isinstance(error, AnswersRefused):
        return i18n.say(error)
    problems: Any = error.data["errors"]
    said = [i18n.say_problem(one) for each in problems.values() for one in each]
    return " ".join([i18n.say(error), *said])


# --- what is ticked ---------------------------------------------------------------


def _ids(told: str) -> list[uuid.UUID]:
    """The ids in a text, by commas; what is no id is left aside."""
    found = []
    for each in told.split(",")[:LIMIT]:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _rows(tx: sa.Connection) -> list[TaskRow]:
    seen = [_seen(tx, each) for each in _ids(request.args.get("tasks", ""))]
    return [row for row in seen if row is not None]


def _seen(tx: sa.Connection, task_id: uuid.UUID) -> TaskRow | None:
    try:
        return tasks.get(tx, world(), caller(), task_id)
    except NotFound:
        return None


def _same(tx: sa.Connection) -> Same | None:
    """The ticked tasks, where they are of one step that may be done in bulk."""
    rows = _rows(tx)
    kinds = {(one.process_key, one.called_process, one.element_id) for one in rows}
    if len(kinds) != 1:
        return None
    first = rows[0]
    if not all(tasks.allows_bulk(tx, world(), caller(), one.id) for one in rows):
        return None
    form, _source = tasks.form(tx, world(), caller(), first.id)
    seen = steps.peek(tx, world(), first.instance_id)
    released = seen.released.of(first.called_process)
    return Same(rows, form, tasks.evaluator(released, seen.environment))


def _candidates(tx: sa.Connection, rows: Sequence[TaskRow]) -> list[Candidate]:
    """Those who may do all of the tasks, who has least to do first."""
    found: list[Candidate] = []
    for place, row in enumerate(rows):
        own = tasks.candidates(tx, caller(), row.id)
        logins = {one.login for one in own}
        found = [one for one in found if one.login in logins] if place else own
    return found


def _list(**said: Any) -> str:
    return url_for("desk.worklist", **filters.address(*filters.asked()), **said)
