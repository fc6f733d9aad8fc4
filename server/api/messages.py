"""Messages: delivered to cases that wait and to starts, or kept for a while."""

from typing import Any

from server.api import answers, schemas
from server.api.blueprints import messages as blueprint
from server.api.idempotency import once
from server.auth import authenticated
from server.context import caller, world
from workflows import messages


@blueprint.post("")
@authenticated
@blueprint.arguments(schemas.Message())
@blueprint.response(202, answers.CorrelatedOut())
@blueprint.says(refuses=(403,))
def publish(body: dict[str, Any]) -> dict[str, int]:
    """Publish a message to the cases that wait for it.

    It also goes to procedures that it starts, unless a case of the same procedure took
    it; `correlated` counts both. Nobody took it: it is kept for `ttl_seconds`, for a
    case that begins to wait. A case that it starts has the correlation key as its
    business key.
    """
    return once(
        lambda tx: {"correlated": messages.publish(tx, world(), caller(), **body)},
        subject=lambda answer: answer,
        again=lambda _, subject: {"correlated": int(subject["correlated"])},
    )
