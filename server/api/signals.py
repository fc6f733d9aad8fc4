"""Signals: thrown to every case that waits for one, and to starts."""

from typing import Any

from server.api import answers, schemas
from server.api.blueprints import signals as blueprint
from server.api.idempotency import once
from server.auth import authenticated
from server.context import caller, services, world
from workflows import due, signals


@blueprint.post("")
@authenticated
@blueprint.arguments(schemas.SignalThrow())
@blueprint.response(202, answers.SignalOut())
def throw(body: dict[str, Any]) -> dict[str, str]:
    """Throw a signal to every case that waits for it.

    Every case of the caller's offices that waits for it goes on, and every procedure
    that it starts begins a case. It is not kept for those who begin to
    wait later; nothing that is to hear it is lost, though a suspended case hears it
    when it is resumed, and the last of a thousand some seconds after the answer."""
    answer = once(
        lambda tx: {"id": str(signals.publish(tx, world(), caller(), **body))},
        subject=lambda told: told,
        again=lambda _, subject: {"id": str(subject["id"])},
    )
    due.hear(services().store, world(), answer["id"])
    return answer
