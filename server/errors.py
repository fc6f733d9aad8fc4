"""How an error is answered: one table from class to status, problem type and words.

Programs get `application/problem+json` (RFC 9457) in English, people a page in theirs.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask, current_app, g, json, redirect, render_template, request
from werkzeug import Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.http import HTTP_STATUS_CODES

from server import (
    auth,
    context,
    http_details,
    i18n,
    limits,
    overload,
    rendering,
    unkept,
)
from server.i18n import gettext
from workflows import (
    decision_models,
    depot,
    dmn,
    drafts,
    engine,
    feel,
    form_faults,
    media_types,
    model,
    ports,
    task_rights,
    tokens,
)

PROBLEM_JSON = "application/problem+json"
TYPES = "/api/v1/docs#problem-"  # each type is explained there
RETRY_AFTER_SECONDS = 5

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """How one class of errors is answered; `title` is a msgid."""

    status: int
    slug: str
    title: str

    @property
    def type(self) -> str:
        return TYPES + self.slug


# The nearest class in an error's line of ancestors counts.
TABLE: Mapping[type[model.RasimError], Kind] = {
    auth.NotSignedIn: Kind(401, "not-signed-in", "Sign in first"),
    tokens.TokenExpired: Kind(401, "token-expired", "The token has expired"),
    tokens.TokenRevoked: Kind(401, "token-revoked", "The token was revoked"),
    limits.TooMany: Kind(429, "too-many-requests", "Too many requests"),
    overload.Overloaded: Kind(503, "overloaded", "Too many ask at once"),
    auth.FormRefused: Kind(403, "form-refused", "This form is no longer valid"),
    model.NotAllowed: Kind(403, "not-allowed", "You may not do this"),
    model.NotFound: Kind(404, "not-found", "There is nothing here"),
    task_rights.NotItsHolder: Kind(403, "not-allowed", "You may not do this"),
    model.MoveRefused: Kind(409, "move-refused", "Somebody was faster"),
    engine.DeadlineFailed: Kind(422, "deadline-failed", "Something needs mending"),
    engine.MoveNotPossible: Kind(409, "step-refused", "The case cannot go that way"),
    model.AnswersRefused: Kind(422, "answers-refused", "Some answers need mending"),
    model.DeploymentRefused: Kind(422, "deployment-refused", "This cannot be released"),
    model.InputRefused: Kind(422, "input-refused", "Something needs mending"),
    dmn.DecisionError: Kind(422, "decision-failed", "The decision has no value"),
    # Nobody's answers are at fault, but other answers, or none, may go through.
    form_faults.FormFailed: Kind(422, "form-failed", "This form does not work"),
    feel.FeelError: Kind(422, "expression-refused", "The expression fails"),
    # A case that a newer program saved: at another machine, or soon, it can be read.
    engine.SavedByOther: Kind(503, "newer", "Try again in a moment"),
    drafts.DraftTooLarge: Kind(413, "draft-too-large", "What you send is too large"),
    depot.DocumentTooLarge: Kind(413, "document-too-large", "This file is not taken"),
    media_types.DocumentRefused: Kind(
        422, "document-refused", "This file is not taken"
    ),
    depot.DocumentWaits: Kind(503, "document-waits", "Try again in a moment"),
    ports.DocumentsUnavailable: Kind(
        503, "documents-unavailable", "Try again in a moment"
    ),
    model.DatabaseUnavailable: Kind(503, "unavailable", "Try again in a moment"),
    model.Busy: Kind(503, "busy", "Somebody else is at work here just now"),
    # What nobody foresaw at the edge is a fault of ours, not of the one who asks.
    model.RasimError: Kind(500, "fault", "Something went wrong on our side"),
}

# Pages for errors of HTTP itself, by status; for programs their own phrase is enough.
PAGES: Mapping[int, Kind] = {
    400: Kind(400, "http", "This request cannot be read"),
    404: Kind(404, "http", "There is no such page"),
    405: Kind(405, "http", "This page cannot be used so"),
    413: Kind(413, "http", "What you send is too large"),
    415: Kind(415, "http", "What you send cannot be read"),
    422: Kind(422, "http", "Something needs mending"),
}
# What a reader did not find: an id says nothing, whose it may be does.
NOT_THERE: Mapping[str, str] = {
    "case": "There is no such case here. It may belong to another office.",
    "document": "There is no such document here. It may belong to another office.",
    "task": "There is no such task here. It may belong to another office.",
}
# What of a page's address has a usual value: a page with a broken one shows that.
USUAL = ("cursor", "sort")
NEXT_STEP: Mapping[int, str] = {
    404: "Check the address, or go to the first page.",
    413: "Make the file smaller, or send less at once.",
    422: "What was asked for or sent does not fit here. Go back and try again.",
    500: "The fault is written down. Try again, or tell the administrator its number.",
}


def init_app(app: Flask) -> None:
    app.register_error_handler(model.RasimError, _refused)
    app.register_error_handler(HTTPException, _http)


def kind_of(error: model.RasimError) -> Kind:
    return next(TABLE[known] for known in type(error).__mro__ if known in TABLE)


def problem(
    status: int,
    title: str,
    detail: str | None = None,
    *,
    type_: str = "about:blank",
    **members: Any,
) -> Response:
    """An answer in problem+json; `members` are the type's own, left out when empty."""
    told = {"type": type_, "title": title, "status": status, "detail": detail}
    told |= members | {"request_id": context.request_id()}
    kept = {key: one for key, one in told.items() if one or one == 0}
    # What was refused may be quoted, half characters and all.
    body = json.dumps(kept).encode("utf-8", "replace")
    return current_app.response_class(body, status, mimetype=PROBLEM_JSON)


def tell_designers(fault: form_faults.FormFailed) -> None:
    """Write down a fault of a form, which nobody who fills it can mend."""
    log.error("form %s, %s: %s", fault.form, fault.component, fault.reason)


def _refused(error: model.RasimError) -> Response:
    kind = kind_of(error)
    if isinstance(error, form_faults.FormFailed):
        tell_designers(error)
    if kind.status == 503:  # foreseen, and told as often as somebody asks
        log.warning("%s: %s", type(error).__name__, type(error.__cause__).__name__)
    elif kind.status >= 500:
        log.error("%s", type(error).__name__, exc_info=error)
    if auth.speaks_json():
        detail = None if kind.status == 500 else str(error)
        response = problem(
            kind.status, kind.title, detail, type_=kind.type, **members(error)
        )
    elif (usual := _usual_page(error)) is not None:
        return usual
    else:
        findings = getattr(error, "findings", None)
        response = _page(kind.status, gettext(kind.title), _for_people(error), findings)
    if kind.status == 401:
        response.headers["WWW-Authenticate"] = _challenge(error)
    if kind.status in (429, 503):
        wait = error.data.get("seconds", RETRY_AFTER_SECONDS)
        response.headers["Retry-After"] = str(wait)
    return response


def _challenge(error: model.RasimError) -> str:
    """RFC 6750, 3.1: a token that was told and does not work is an invalid one."""
    bare = isinstance(error, auth.NotSignedIn) and not request.authorization
    return 'Bearer realm="rasim"' + ("" if bare else ', error="invalid_token"')


def _usual_page(error: model.RasimError) -> Response | None:
    """The same page without what is broken in its address, where it can do without."""
    field = error.data.get("field") if isinstance(error, model.InputRefused) else None
    if request.method != "GET" or field not in USUAL or field not in request.args:
        return None
    return redirect(rendering.same_page(**{str(field): None}))


def _for_people(error: model.RasimError) -> str:
    """A refusal as a page says it: without ids and names of fields."""
    if isinstance(error, model.NotFound):
        return gettext(NOT_THERE.get(str(error.data["kind"]), NEXT_STEP[404]))
    if type(error) is model.InputRefused:
        return gettext(NEXT_STEP[422])
    # The sentence of an unforeseen error may name what is no reader's business.
    return gettext(NEXT_STEP[500]) if kind_of(error).status == 500 else i18n.say(error)


def _http(error: HTTPException) -> Response:
    """An error of HTTP itself, or (500) one of ours that nobody foresaw."""
    status = error.code or 500
    if error.response is not None:
        return current_app.make_response(error.response)
    if status < 400:  # a redirect
        return current_app.make_response(error.get_response())
    if auth.speaks_json():
        response = problem(
            status,
            HTTP_STATUS_CODES.get(status, "Error"),
            None if status == 500 else http_details.detail(error),
            errors=_field_errors(error),
        )
    else:
        kind = PAGES.get(status, TABLE[model.RasimError])
        text = NEXT_STEP.get(status if status < 500 else 500, "Go back and try again.")
        response = _page(status, gettext(kind.title), gettext(text))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    if isinstance(error, RequestEntityTooLarge):
        # What is left of the body is not read: the connection cannot go on.
        response.headers["Connection"] = "close"
    return response


def _page(
    status: int,
    title: str,
    text: str,
    findings: list[model.Finding] | None = None,
) -> Response:
    if status >= 500:  # the header asks the database nothing: it may be what fails
        g.setdefault("unseen_mentions", 0)
    body = render_template(
        "error.html",
        findings=findings,
        number=context.request_id() if status == 500 else None,
        status=status,
        text=text,
        title=title,
    )
    return current_app.response_class(body, status)


def members(error: model.RasimError) -> dict[str, Any]:
    """What a problem type tells beyond its sentence."""
    if isinstance(error, model.DeploymentRefused):
        return {"findings": [asdict(finding) for finding in error.findings]}
    if isinstance(error, model.AnswersRefused):
        errors: Mapping[str, list[Any]] = error.errors
        return {
            "errors": {
                path: [_said(one) for one in all_] for path, all_ in errors.items()
            }
        }
    if isinstance(error, model.InputRefused):
        return {"errors": {str(error.data["field"]): [str(error.data["reason"])]}}
    if isinstance(error, form_faults.FormFailed):
        return dict(error.data)
    if isinstance(error, dmn.DecisionError):
        return decision_models.told(error)
    if isinstance(error, feel.FeelError):
        faulty = unkept.errors_of(error) if isinstance(error, feel.NotAValue) else {}
        return {"position": error.position} | faulty
    return {}


def _said(one: object) -> str:
    return str(one)


def _field_errors(error: HTTPException) -> dict[str, Any] | None:
    """marshmallow's messages as {"path.to.field": [sentences]}."""
    told: Mapping[str, Any] = getattr(error, "data", None) or {}
    by_place = told.get("messages")
    if not isinstance(by_place, Mapping):
        return None
    flat: dict[str, list[str]] = {}
    for errors in by_place.values():
        _flatten(errors, "", flat)
    return flat


def _flatten(errors: object, path: str, into: dict[str, list[str]]) -> None:
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            name = "" if key == "_schema" else str(key)
            _flatten(inner, f"{path}.{name}".strip("."), into)
    elif isinstance(errors, list):
        into.setdefault(path or "body", []).extend(map(str, errors))
    else:
        into.setdefault(path or "body", []).append(str(errors))
