"""Whom to tell of a weakness of this installation: RFC 9116, where a contact is set."""

from datetime import timedelta

from flask import Blueprint, Response, abort

from server.auth import public
from server.context import services

PATH = "/.well-known/security.txt"
KEPT = timedelta(days=90)  # a reader asks again after it; RFC 9116: within a year

blueprint = Blueprint("security_txt", __name__)


@blueprint.get(PATH)
@public
def show() -> Response:
    told = services().settings
    if told.security_contact is None:
        abort(404)
    until = (services().clock.now() + KEPT).replace(microsecond=0)
    lines = [
        f"Contact: {told.security_contact}",
        f"Expires: {until.isoformat()}",
        "Preferred-Languages: kk, ru, en",
    ]
    if told.public is not None:
        lines.append(f"Canonical: {told.public.of(PATH)}")
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")
