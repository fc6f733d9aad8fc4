"""The simulators' own endpoints: what happened, which messages went out, faults."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from integrations import civil, health, nobd, notify, persons
from integrations.people import Family
from integrations.simulators import scanner
from integrations.simulators.faults import Fault, Faults, Mode
from integrations.simulators.systems import World

SYSTEMS = (
    persons.SYSTEM,
    civil.SYSTEM,
    nobd.SYSTEM,
    health.SYSTEM,
    notify.SYSTEM,
    scanner.SYSTEM,
)
DEFAULT_DELAY_MS = {Mode.SLOW: 1_000, Mode.TIMEOUT: 30_000}
MOST_APPLICATIONS = 500


class FaultAsked(Schema):
    """A fault to set: `times` requests, or `until` a moment, or until it is deleted."""

    class Meta:
        unknown = RAISE

    system = fields.String(required=True, validate=validate.OneOf(("*", *SYSTEMS)))
    mode = fields.Enum(Mode, by_value=True, required=True)
    times = fields.Integer(strict=True, validate=validate.Range(1), load_default=None)
    until = fields.AwareDateTime(
        format="iso", default_timezone=UTC, load_default=None, allow_none=True
    )
    delay_ms = fields.Integer(
        strict=True, validate=validate.Range(0, 120_000), load_default=None
    )


class ApplicationsAsked(Schema):
    """Which families of the population, by number."""

    class Meta:
        unknown = RAISE

    first = fields.Integer(load_default=0, validate=validate.Range(0))
    count = fields.Integer(
        load_default=20, validate=validate.Range(1, MOST_APPLICATIONS)
    )
    story = fields.String(load_default=None)


def control_app(world: World, faults: Faults) -> Flask:
    """Flask application with everything under `/_sim/`."""
    app = Flask("simulators", static_folder=None)
    _add_log(app, world)
    _add_faults(app, faults)

    @app.errorhandler(ValidationError)
    def refuse(error: ValidationError) -> ResponseReturnValue:
        return jsonify(errors=error.messages), 422

    @app.get("/_sim/health")
    def tell_health() -> ResponseReturnValue:
        people = world.population
        return jsonify(seed=people.seed, year=people.year, families=len(people))

    @app.get("/_sim/applications")
    def tell_applications() -> ResponseReturnValue:
        asked: Any = ApplicationsAsked().load(request.args)
        families = [
            f for f in world.population if asked["story"] in (None, f.story.value)
        ]
        chosen = families[asked["first"] : asked["first"] + asked["count"]]
        return jsonify(items=[_application(f, world.now()) for f in chosen])

    return app


def _add_log(app: Flask, world: World) -> None:
    @app.get("/_sim/effects")
    def tell_effects() -> ResponseReturnValue:
        kind = request.args.get("kind")
        told = [
            e.as_told() for e in world.journal.effects if kind is None or e.kind == kind
        ]
        return jsonify(items=told)

    @app.get("/_sim/messages")
    def tell_messages() -> ResponseReturnValue:
        to = request.args.get("to")
        told = [
            {**e.question, **e.answer, "at": e.at}
            for e in world.journal.effects
            if e.kind == "notify" and to in (None, e.question["to"])
        ]
        return jsonify(items=told)


def _add_faults(app: Flask, faults: Faults) -> None:
    @app.get("/_sim/faults")
    def tell_faults() -> ResponseReturnValue:
        return jsonify(items=faults.told())

    @app.post("/_sim/faults")
    def set_fault() -> ResponseReturnValue:
        asked: Any = FaultAsked().load(request.get_json())
        if asked["delay_ms"] is None:
            asked["delay_ms"] = DEFAULT_DELAY_MS.get(asked["mode"], 0)
        fault = Fault(**asked)
        faults.set(fault)
        return jsonify(fault.as_told()), 201

    @app.delete("/_sim/faults")
    def clear_faults() -> ResponseReturnValue:
        faults.clear()
        return "", 204


def _application(family: Family, now: datetime) -> dict[str, Any]:
    """Start variables of a family's application, and the story behind it."""
    number = f"A-{now.year}-{family.index:06}"
    return {
        "index": family.index,
        "story": family.story.value,
        "variables": family.variables(number, now),
    }
