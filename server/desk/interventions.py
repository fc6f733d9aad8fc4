"""A case steered by hand: an administrator sees what will happen, then says why."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from server import forms_html, i18n, rendering, words
from server.auth import require
from server.context import caller, transaction, world
from server.desk import skipping
from server.desk.ways import Drawings
from server.i18n import gettext
from workflows import engine, instances, interventions, previews, standing, steps
from workflows.form_faults import FormFailed
from workflows.interventions import Place
from workflows.model import AnswersRefused, InputRefused, NotFound, Role
from workflows.previews import Preview

# Gateways and what has no name are no steps that people know.
NO_STEPS = "Gateway"
OF_CASE = ("suspend", "resume", "cancel")
OF_STEP = ("skip", "move", "repeat")
REASON = "-reason"  # the page's own input: no question of a form is called so
# Where on the page each of its own inputs is.
PLACES = {"reason": "#reason", "variables": "#variables"}


@dataclass(frozen=True)
class Wanted:
    """What is asked for: an action, at a step or to a step where it takes one."""

    action: str
    step: uuid.UUID | None
    to: str | None

    def link(self) -> dict[str, Any]:
        """The arguments of its address."""
        told = {"action": self.action, "step": self.step, "to": self.to}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Wrong:
    """What needs mending: of the page's own inputs by field, of answers by path."""

    own: Mapping[str, str] = field(default_factory=dict)
    answers: forms_html.Problems = field(default_factory=dict)

    def listed(self, filling: forms_html.Filling | None) -> list[dict[str, str]]:
        """In the order of the page."""
        own = {
            name: {"text": said, "href": PLACES[name]}
            for name, said in self.own.items()
        }
        answers = forms_html.summary(filling) if filling and self.answers else []
        found = [own.get("reason"), *answers, own.get("variables")]
        return [one for one in found if one is not None]


NOTHING_WRONG = Wrong()


def register(blueprint: Blueprint) -> None:
    path = "/cases/<uuid:instance_id>/by-hand"
    blueprint.add_url_rule(path, "by_hand", overview)
    blueprint.add_url_rule(f"{path}/<action>", "by_hand_ask", ask)
    blueprint.add_url_rule(f"{path}/<action>", "by_hand_do", do, methods=["POST"])
    path = f"{path}/skip/fields"
    blueprint.add_url_rule(path, "by_hand_fields", fields, methods=["POST"])
    blueprint.add_url_rule(path, "by_hand_fields_again", fields_again)


@require(Role.ADMINISTRATOR)
def overview(instance_id: uuid.UUID) -> str:
    """Where the case stands, and all that can be done to it."""
    with transaction() as tx:
        instance = instances.get(tx, caller(), instance_id)
        interventions.may(tx, caller(), instance_id, Role.ADMINISTRATOR, action="move")
        found = standing.steps(tx, world(), caller(), instance_id)
        drawings = _drawings(tx, instance_id)
    return render_template(
        "desk/by_hand.html",
        back=_choices(drawings, found.repeatable, None),
        choices={
            row.step: _choices(drawings, row.targets, row.process)
            for row in found.steps
        },
        drawings=drawings,
        instance=instance,
        section="cases",
        steps=found.steps,
    )


@require(Role.ADMINISTRATOR)
def ask(instance_id: uuid.UUID, action: str) -> str:
    """What will happen, in words, and the question why."""
    return _page(instance_id, _wanted(action))


@require(Role.ADMINISTRATOR)
def do(instance_id: uuid.UUID, action: str) -> Response | tuple[str, int]:
    """Do it; what needs mending first comes back with what is wrong with it."""
    wanted = _wanted(action)
    wrong: Wrong
    try:
        with transaction() as tx:
            _act(tx, instance_id, wanted)
    except InputRefused as refused:
        name = str(refused.data["field"])
        if name not in PLACES:
            raise
        wrong = Wrong({name: _problem(name)})
    except AnswersRefused as refused:
        errors: Any = refused.data["errors"]
        wrong = Wrong(_of_reason(), errors)
    except FormFailed:
        wrong = Wrong(_of_reason())  # the page says what the form's fault is
    except engine.MoveNotPossible as refused:
        _say_by_name(instance_id, refused)
    else:
        return redirect(url_for("desk.case", instance_id=instance_id, said="steered"))
    return _page(instance_id, wanted, wrong, _as_sent()), 422


@require(Role.ADMINISTRATOR)
def fields(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The questions of a step again, after an answer that may show or hide some."""
    wanted = _wanted("skip")
    with transaction() as tx:
        interventions.may(tx, caller(), instance_id, Role.ADMINISTRATOR, action="move")
        result = _result(tx, instance_id, wanted)
    posted = MultiDict(request.form)
    changed = (
        forms_html.changed(result.form, posted)
        if result is not None and result.form is not None
        else forms_html.Changed(posted)
    )
    if not rendering.is_fragment():
        return _page(instance_id, wanted, changed=changed)
    filling = result.filling(changed) if result else None
    try:
        shown = forms_html.fields(filling) if filling else ""
    except FormFailed as fault:
        said = render_template("desk/_form_fault.html", fault=fault)
        return said, {"HX-Retarget": "#form-fault", "HX-Reswap": "innerHTML"}
    return render_template("desk/_task_fields.html", fields=shown)


@require(Role.ADMINISTRATOR)
def fields_again(instance_id: uuid.UUID) -> Response:
    """The address of an answer without scripts, opened anew: the page itself."""
    link = _wanted("skip").link()
    return redirect(url_for("desk.by_hand_ask", instance_id=instance_id, **link))


def _act(tx: sa.Connection, instance_id: uuid.UUID, wanted: Wanted) -> None:
    who = tx, world(), caller(), instance_id
    reason = request.form.get(REASON, "")
    match wanted.action:
        case "skip":
            interventions.may(
                tx, caller(), instance_id, Role.ADMINISTRATOR, action="move"
            )
            result = _result(tx, instance_id, wanted)
            values = result.values(tx, request.form) if result else {}
            interventions.skip_with(*who, _step(wanted), reason, values)
        case "move":
            interventions.move(*who, _step(wanted), _to(wanted), reason)
        case "repeat":
            interventions.repeat(*who, _to(wanted), reason)
        case "suspend":
            instances.suspend(*who, reason)
        case "resume":
            instances.resume(*who, reason)
        case _:
            instances.cancel(*who, reason)


def _preview(
    tx: sa.Connection, instance_id: uuid.UUID, wanted: Wanted
) -> Preview | None:
    """What will follow; None where nothing ends or begins, or nobody can tell."""
    who = tx, world(), caller(), instance_id
    match wanted.action:
        case "skip":
            try:
                return previews.of_skip(*who, _step(wanted))
            except engine.NoWayOn:
                return None  # the variables that are still to be given will decide
        case "move":
            return previews.of_move(*who, _step(wanted), _to(wanted))
        case "repeat":
            return previews.of_repeat(*who, _to(wanted))
        case "cancel":
            return previews.of_cancel(*who)
    return None


def _result(
    tx: sa.Connection, instance_id: uuid.UUID, wanted: Wanted
) -> skipping.Skipped | None:
    """What the step would bring that is skipped; None for other actions."""
    if wanted.action != "skip":
        return None
    with interventions.gone(move="skipped"):
        return skipping.read(tx, instance_id, _step(wanted))


def _page(
    instance_id: uuid.UUID,
    wanted: Wanted,
    wrong: Wrong = NOTHING_WRONG,
    changed: forms_html.Changed | None = None,
) -> str:
    try:
        with transaction() as tx:
            instance = instances.get(tx, caller(), instance_id)
            may = Role.ADMINISTRATOR
            interventions.may(tx, caller(), instance_id, may, action="move")
            preview = _preview(tx, instance_id, wanted)
            drawings = _drawings(tx, instance_id)
            place = _place(tx, instance_id, wanted)
            result = _result(tx, instance_id, wanted)
    except engine.MoveNotPossible as refused:
        _say_by_name(instance_id, refused)
    filling = result.filling(changed, wrong.answers) if result else None
    questions, fault = _questions(filling)
    return render_template(
        "desk/by_hand_ask.html",
        drawings=drawings,
        fault=fault,
        fields=questions,
        instance=instance,
        names={"reason": REASON, "json": skipping.VALUES, "result": skipping.RESULT},
        place=place,
        preview=preview,
        problems=wrong.listed(None if fault else filling),
        reacts=filling is not None and filling.changes_itself(),
        result=result,
        section="cases",
        title=_title(drawings, wanted, place),
        to=drawings.name(wanted.to, place.process if place else None)
        if wanted.to
        else "",
        wanted=wanted,
        words_of_action=words.BY_HAND[wanted.action],
        wrong=wrong.own,
    )


def _questions(
    filling: forms_html.Filling | None,
) -> tuple[str, FormFailed | None]:
    """The questions; of a form that is at fault none: a step is skipped without it."""
    try:
        return forms_html.fields(filling) if filling else "", None
    except FormFailed as fault:
        return "", fault


def _title(drawings: Drawings, wanted: Wanted, place: Place | None) -> str:
    """The action as a heading, with the name of its step."""
    element = place.element_id if place else wanted.to
    name = drawings.name(element, place.process if place else None) if element else ""
    said = str(words.BY_HAND_TITLES[wanted.action])
    return f"{said}: {name}" if name else said


def _wanted(action: str) -> Wanted:
    if action not in (*OF_CASE, *OF_STEP):
        raise NotFound(kind="page", key=action)
    step = request.args.get("step") or None
    try:
        token = uuid.UUID(step) if step else None
    except ValueError as error:
        raise NotFound(kind="step", key=step) from error
    return Wanted(action, token, request.args.get("to") or None)


def _step(wanted: Wanted) -> uuid.UUID:
    if wanted.step is None:
        raise NotFound(kind="step", key="")
    return wanted.step


def _to(wanted: Wanted) -> str:
    if wanted.to is None:
        raise NotFound(kind="step", key="")
    return wanted.to


def _as_sent() -> forms_html.Changed:
    return forms_html.Changed(MultiDict(request.form))


def _of_reason() -> dict[str, str]:
    """What is wrong with the reason, told together with what the answers need."""
    try:
        instances.because(request.form.get(REASON, ""))
    except InputRefused:
        return {"reason": _problem("reason")}
    return {}


def _problem(name: str) -> str:
    if name == "reason":
        return gettext("Write why, in at most 1000 characters")
    return gettext("Write the values as a JSON object, or leave them out")


def _place(tx: sa.Connection, instance_id: uuid.UUID, wanted: Wanted) -> Place | None:
    """The step that is left, where one is named."""
    if wanted.step is None:
        return None
    with interventions.gone(move="moved"):
        places = steps.peek(tx, world(), instance_id).case.places()
        if wanted.step not in places:
            raise engine.TokenNotWaiting(token=wanted.step, what="this", reason="over")
    return Place(*places[wanted.step])


def _drawings(tx: sa.Connection, instance_id: uuid.UUID) -> Drawings:
    return Drawings(steps.peek(tx, world(), instance_id).released)


def _choices(
    drawings: Drawings, element_ids: list[str], process: str | None
) -> list[tuple[str, str]]:
    """(element, its name) of those that people know as steps."""
    found = ((one, drawings.element(one, process)) for one in element_ids)
    return [
        (one, i18n.name_in(element["names"], one))
        for one, element in found
        if element and element["name"] and not element["type"].endswith(NO_STEPS)
    ]


def _say_by_name(instance_id: uuid.UUID, refused: engine.MoveNotPossible) -> NoReturn:
    """A refusal speaks of elements by id: to people by name."""
    with transaction() as tx:
        drawings = _drawings(tx, instance_id)
    processes = (None, *drawings.released.called)
    told = dict(refused.data)
    for key in ("element", "other"):
        if key in told:
            element = str(told[key])
            where = (one for one in processes if drawings.element(element, one))
            told[key] = drawings.name(element, next(where, None))
    raise type(refused)(**told) from refused
