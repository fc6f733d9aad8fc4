"""The manual clock: looked at and moved, where the service was started with one."""

from datetime import datetime, timedelta
from typing import Any

from flask import abort

from server.api import schemas
from server.api.blueprints import clock as blueprint
from server.api.idempotency import once
from server.auth import authenticated, require
from server.clock import ManualClock
from server.context import services
from workflows import feel
from workflows.feel import temporal
from workflows.model import InputRefused, Role


@blueprint.get("")
@authenticated
@blueprint.response(200, schemas.ClockOut())
def show() -> dict[str, datetime]:
    """The service's time."""
    return {"now": _clock().now()}


@blueprint.post("")
@require(Role.ADMINISTRATOR, Role.DESIGNER, Role.SERVICE)
@blueprint.arguments(schemas.ClockMove())
@blueprint.response(200, schemas.ClockOut())
def move(body: dict[str, Any]) -> dict[str, datetime]:
    """Move the clock forward; what falls due is run before the answer."""
    clock = _clock()
    return once(
        lambda _: {"now": _move(clock, body)},
        subject=lambda answer: {"now": answer["now"].isoformat()},
        again=lambda _, subject: {"now": datetime.fromisoformat(subject["now"])},
    )


def _move(clock: ManualClock, body: dict[str, Any]) -> datetime:
    if "now" in body:
        now = clock.set(body["now"])
    else:
        now = _advance(clock, body["advance"])
    services().run_due()
    return now


def _advance(clock: ManualClock, text: str) -> datetime:
    try:
        duration = temporal.parse_duration(text)
    except feel.FeelError as error:
        raise InputRefused(field="advance", reason=error.reason) from error
    if isinstance(duration, timedelta):
        return clock.advance(duration)
    raise InputRefused(field="advance", reason="days and time alone, as in P31DT8H")


def _clock() -> ManualClock:
    clock = services().manual_clock
    if clock is None:
        abort(404)
    return clock
