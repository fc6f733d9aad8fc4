"""The manual clock: looked at and moved, where the service was started with one."""

import time
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from flask import abort

from server.api import answers, schemas
from server.api.blueprints import View
from server.api.blueprints import clock as blueprint
from server.api.idempotency import once
from server.auth import authenticated, require
from server.clock import LATEST, ManualClock
from server.context import services
from workflows import due, feel
from workflows.feel import temporal
from workflows.model import InputRefused, Role

# For work that another process has taken. What fails by a fault of ours stays due.
WAIT_SECONDS = 5.0
LOOK_SECONDS = 0.02


@blueprint.get("")
@authenticated
@blueprint.response(200, answers.ClockOut())
@blueprint.says(refuses=(404,))
def show() -> dict[str, datetime]:
    """The service's time."""
    return {"now": _clock().now()}


def _where_it_is(view: View) -> View:
    """404 before anything is read, where there is no clock to move."""

    @wraps(view)
    def looked(*args: Any, **kwargs: Any) -> Any:
        _clock()
        return view(*args, **kwargs)

    return cast(View, looked)


@blueprint.post("")
@require(Role.ADMINISTRATOR, Role.DESIGNER, Role.SERVICE)
@_where_it_is
@blueprint.arguments(schemas.ClockMove())
@blueprint.response(200, answers.ClockOut())
@blueprint.says(refuses=(404,))
def move(body: dict[str, Any]) -> dict[str, datetime]:
    """Move the clock forward; what falls due is run before the answer."""
    clock = _clock()
    return once(
        lambda _: {"now": _move(clock, body)},
        subject=lambda answer: {"now": answer["now"].isoformat()},
        again=lambda _, subject: {"now": datetime.fromisoformat(subject["now"])},
    )


def _move(clock: ManualClock, body: dict[str, Any]) -> datetime:
    """As if the time had passed: the clock stops at each moment that something is due.

    A timer behind a timer counts from when that one was due, and may come before what
    is due later.
    """
    at = services()
    target = _target(clock, body)
    while moment := due.earliest(at.store, target, after=clock.now()):
        _run(clock.reach(moment))
    now = clock.reach(target)
    _run(now)
    return now


def _run(now: datetime) -> None:
    """Fire what is due, and wait for what a worker is about to."""
    at, until = services(), time.monotonic() + WAIT_SECONDS
    at.run_due()
    while due.earliest(at.store, now) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        at.run_due()


def _target(clock: ManualClock, body: dict[str, Any]) -> datetime:
    if "now" in body:
        return clock.ahead("now", body["now"])
    try:
        duration = temporal.parse_duration(body["advance"])
    except feel.FeelError as error:
        raise InputRefused(field="advance", reason=error.reason) from error
    if isinstance(duration, timedelta):
        if duration > LATEST - clock.now():
            raise InputRefused(field="advance", reason=f"not beyond {LATEST:%Y}")
        return clock.ahead("advance", clock.now() + duration)
    raise InputRefused(field="advance", reason="days and time alone, as in P31DT8H")


def _clock() -> ManualClock:
    clock = services().manual_clock
    if clock is None:
        abort(404, "The clock is moved only where --manual-clock was said.")
    return clock
