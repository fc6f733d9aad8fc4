"""A case steered by hand: an administrator sees what will happen, then says why."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from server import i18n, words
from server.auth import require
from server.context import caller, transaction, world
from server.desk.ways import Drawings
from server.i18n import gettext
from workflows import engine, instances, interventions, previews, standing, steps
from workflows.interventions import Place
from workflows.model import InputRefused, NotFound, Role
from workflows.previews import Preview

# Gateways and what has no name are no steps that people know.
NO_STEPS = "Gateway"
OF_CASE = ("suspend", "resume", "cancel")
OF_STEP = ("skip", "move", "repeat")


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


def register(blueprint: Blueprint) -> None:
    path = "/cases/<uuid:instance_id>/by-hand"
    blueprint.add_url_rule(path, "by_hand", overview)
    blueprint.add_url_rule(f"{path}/<action>", "by_hand_ask", ask)
    blueprint.add_url_rule(f"{path}/<action>", "by_hand_do", do, methods=["POST"])


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
    """Do it; without a reason, or with one too long, the page comes back."""
    wanted = _wanted(action)
    try:
        with transaction() as tx:
            _act(tx, instance_id, wanted)
    except InputRefused as refused:
        field = str(refused.data["field"])
        if field not in ("reason", "variables"):
            raise
        problem = {"text": _problem(field), "href": f"#{field}"}
        return _page(instance_id, wanted, problem), 422
    except engine.MoveNotPossible as refused:
        _say_by_name(instance_id, refused)
    return redirect(url_for("desk.case", instance_id=instance_id, said="steered"))


def _act(tx: sa.Connection, instance_id: uuid.UUID, wanted: Wanted) -> None:
    who = tx, world(), caller(), instance_id
    reason = request.form.get("reason", "")
    match wanted.action:
        case "skip":
            step, variables = _step(wanted), _variables()
            interventions.skip(*who, step, reason, variables)
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


def _page(
    instance_id: uuid.UUID, wanted: Wanted, problem: Mapping[str, str] | None = None
) -> str:
    try:
        with transaction() as tx:
            instance = instances.get(tx, caller(), instance_id)
            may = Role.ADMINISTRATOR
            interventions.may(tx, caller(), instance_id, may, action="move")
            preview = _preview(tx, instance_id, wanted)
            drawings = _drawings(tx, instance_id)
            place = _place(tx, instance_id, wanted)
    except engine.MoveNotPossible as refused:
        _say_by_name(instance_id, refused)
    return render_template(
        "desk/by_hand_ask.html",
        drawings=drawings,
        instance=instance,
        place=place,
        preview=preview,
        problem=problem,
        section="cases",
        title=_title(drawings, wanted, place),
        to=drawings.name(wanted.to, place.process if place else None)
        if wanted.to
        else "",
        wanted=wanted,
        words_of_action=words.BY_HAND[wanted.action],
    )


def _title(drawings: Drawings, wanted: Wanted, place: Place | None) -> str:
    """The action as a heading, with the name of its step."""
    element = place.element_id if place else wanted.to
    name = drawings.name(element, place.process if place else None) if element else ""
    said = str(words.BY_HAND_TITLES[wanted.action])
    return f"{said}: {name}" if name else said


def _wanted(action: str) -> Wanted:
    if action not in (*OF_CASE, *OF_STEP):
        raise NotFound(kind="page", key=action)
    step = request.values.get("step") or None
    try:
        token = uuid.UUID(step) if step else None
    except ValueError as error:
        raise NotFound(kind="step", key=step) from error
    return Wanted(action, token, request.values.get("to") or None)


def _step(wanted: Wanted) -> uuid.UUID:
    if wanted.step is None:
        raise NotFound(kind="step", key="")
    return wanted.step


def _to(wanted: Wanted) -> str:
    if wanted.to is None:
        raise NotFound(kind="step", key="")
    return wanted.to


def _variables() -> dict[str, Any]:
    """What an administrator writes down for a step that is skipped: a JSON object."""
    said = request.form.get("variables", "").strip()
    if not said:
        return {}
    try:
        found = json.loads(said)
    except ValueError as error:
        raise InputRefused(field="variables", reason="not JSON") from error
    if not isinstance(found, dict):
        raise InputRefused(field="variables", reason="not an object")
    return found


def _problem(field: str) -> str:
    if field == "reason":
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
