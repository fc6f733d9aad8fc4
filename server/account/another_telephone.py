"""Another telephone for the second step, in place of the one of now, which works on
until the first code of the other: at no moment the password alone is enough."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from server import i18n
from server.account import codes, proof
from server.auth import authenticated, session_token
from server.context import caller, sealer, services, transaction
from workflows import second_factors, sessions
from workflows.model import InputRefused

SEALED = "sealed"  # the field with the secret that is being set up


def register(blueprint: Blueprint) -> None:
    path = "/second-step/another"
    blueprint.add_url_rule(path, "codes_another", set_up, methods=["POST"])
    path = f"{path}/confirm"
    blueprint.add_url_rule(path, "codes_replace", replace, methods=["POST"])


@authenticated
def set_up() -> ResponseReturnValue:
    """A new secret to scan, for who knows the password."""
    if not proof.is_given():
        return codes.page("another", proof.refusal()), 422
    with transaction() as tx:
        if not second_factors.is_on(tx, caller().user_id):
            return codes.to_page()
    found = second_factors.another(
        services().clock, sealer(second_factors.PURPOSE), caller()
    )
    return _page(found.setup, found.sealed)


@authenticated
def replace() -> ResponseReturnValue:
    """Its first code puts it in place of the other; other sessions end."""
    sealed = request.form.get(SEALED, "")
    seals, clock = sealer(second_factors.PURPOSE), services().clock
    found = second_factors.opened(clock, seals, caller(), sealed)
    if found is None or not proof.has_slip():
        return codes.page("another", codes.too_long()), 422
    code = request.form.get("code", "")
    try:
        with transaction() as tx:
            fresh = second_factors.replace(tx, clock, seals, caller(), sealed, code)
            token = sessions.alone(tx, caller().user_id, session_token())
    except second_factors.AlreadyOn:  # sent twice
        return codes.to_page()
    except InputRefused as refused:
        return _page(found, sealed, i18n.say(refused))
    return codes.told_codes(fresh, token)


def _page(found: second_factors.Setup, sealed: str, problem: str = "") -> Response:
    aim = url_for("account.codes_replace")
    return codes.set_up_page(found, aim, problem, sealed)
