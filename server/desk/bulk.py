"""One thing done with the ticked tasks of the list, and what came of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.datastructures import MultiDict

import forms
from server import forms_html, i18n, rendering
from server.auth import require
from server.context import caller, services, transaction, world
from server.desk import answering, filters
from server.i18n import gettext, lazy_gettext
from server.sections import WORKERS
from workflows import bulk, steps, tasks, ticked
from workflows.bulk import LIMIT, Outcome
from workflows.model import AnswersRefused, NotFound, RasimError
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
        changed: forms_html.Changed | None = None,
        problems: Mapping[str, list[forms.Problem]] | None = None,
    ) -> forms_html.Filling | None:
        """Without anything of a single case: the answers are for all."""
        if self.form is None:
            return None
        return forms_html.Filling(
            self.form,
            {},
            self.evaluate,
            changed.posted if changed else None,
            problems or {},
            sources=answering.sources(self.rows[0].id),
            action=url_for("desk.bulk_fields", **_arguments()),
            focus=changed.focus if changed else "",
            done=changed.done if changed else "",
        )

    def refusal(self) -> str:
        """Why the form cannot be filled for several; empty where it can."""
        asked = self.form.fields if self.form is not None else ()
        found = next((each for each in asked if each.files is not None), None)
        if found is None:
            return ""
        return gettext(
            "The form asks for a document (“%(question)s”), and each case has its own. "
            "Complete these tasks one by one, on their own pages.",
            question=found.label.say(i18n.locale()),
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
        ("/fields", "bulk_fields_again", fields_again, "GET"),
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
    is_asked = same is not None and not same.refusal()
    return _ask_complete(same, same.filling() if same and is_asked else None)


@require(*WORKERS)
def complete() -> str | Response | tuple[str, int]:
    """Complete all with the same answers; the form again where it needs mending."""
    with transaction() as tx:
        same = _same(tx)
    if same is None or same.refusal():
        return _ask_complete(same, None), 422
    posted = MultiDict(request.form)
    several = forms_html.several(posted)
    answers = forms.from_html(same.form, several) if same.form else {}
    ids = [row.id for row in same.rows]
    outcomes = bulk.complete(services().store, world(), caller(), ids, answers)
    refused = [one.error for one in outcomes if isinstance(one.error, AnswersRefused)]
    if len(refused) == len(outcomes):
        problems: Any = refused[0].data["errors"]
        filling = same.filling(forms_html.Changed(posted), problems)
        return _ask_complete(same, filling), 422
    return _report("complete", outcomes, ids)


@require(*WORKERS)
def fields() -> str | Response:
    """The questions again: an answer shows or hides some, a button changes a list."""
    with transaction() as tx:
        same = _same(tx)
    if same is None or same.form is None or same.refusal():
        return "" if rendering.is_fragment() else _ask_complete(same, None)
    changed = forms_html.changed(same.form, MultiDict(request.form))
    filling = same.filling(changed)
    if rendering.is_fragment() and filling is not None:
        return forms_html.fields(filling)
    return _ask_complete(same, filling)


@require(*WORKERS)
def fields_again() -> Response:
    """The address of an answer without scripts, opened anew: the page itself."""
    return redirect(url_for("desk.bulk_complete_ask", **_arguments()))


def _ask_assign(problem: str = "") -> str:
    with transaction() as tx:
        ids = _ids(request.args.get("tasks", ""))
        rows = ticked.get(tx, world(), caller(), ids)
        people = ticked.candidates(tx, caller(), ids)
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
        refusal=same.refusal() if same else "",
        same=same,
        section="tasks",
    )


def _report(wanted: str, outcomes: Sequence[Outcome], ids: Sequence[uuid.UUID]) -> str:
    wrong = {one.task_id: one.error for one in outcomes if one.error is not None}
    with transaction() as tx:
        seen = ticked.get(tx, world(), caller(), list(wrong))
    rows = {row.id: row for row in seen}
    refused = [
        Line(task_id, rows.get(task_id), _reason(error))
        for task_id, error in wrong.items()
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


def _ids(told: str) -> list[uuid.UUID]:
    """The ids in a text, by commas; what is no id is left aside."""
    found = []
    for each in told.split(",")[:LIMIT]:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _same(tx: sa.Connection) -> Same | None:
    """The ticked tasks, where they are of one step that may be done in bulk."""
    ids = _ids(request.args.get("tasks", ""))
    rows = ticked.get(tx, world(), caller(), ids)
    if not rows or not ticked.allows_bulk(tx, world(), caller(), ids):
        return None
    first = rows[0]
    form, _source = tasks.form(tx, world(), caller(), first.id)
    seen = steps.peek(tx, world(), first.instance_id)
    released = seen.released.of(first.called_process)
    return Same(rows, form, tasks.evaluator(released, seen.environment))


def _arguments() -> dict[str, Any]:
    """Those of the page's address: which tasks, and the list that they are of."""
    return request.args.to_dict()


def _list(**said: Any) -> str:
    return url_for("desk.worklist", **filters.address(*filters.asked()), **said)
