"""Signing in elsewhere, by OpenID Connect: the code flow with PKCE, state and nonce.

Authlib does the protocol; here are the routes, and what must hold beyond it: the issuer
is the one of the settings, the way there is safe, and only its signatures count.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any, cast

from authlib.integrations.base_client import (  # type: ignore[import-untyped]  # has none
    OAuthError,
)
from authlib.integrations.flask_client import (  # type: ignore[import-untyped]  # has none
    OAuth,
)
from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from server import context, i18n, sign_in
from server.auth import public, safe_next
from server.openid_settings import OpenId, is_safe_issuer
from workflows import identities
from workflows.identities import Refusal, Told

NAME = "rasim"
DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT_SECONDS = 10
# Signed with a key of the provider's own; "none" and shared secrets prove nothing.
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
IF_TOLD = ("userinfo_endpoint",)
# A browser keeps 4 KB of cookies: ways that were begun and left are forgotten.
BEGUN_KEPT = 3
SURE = ("acr", "amr", "auth_time")
STATE = f"_state_{NAME}_"

blueprint = Blueprint("openid", __name__)
log = logging.getLogger(__name__)


class ProviderRefused(Exception):
    """What the provider said cannot be trusted, or it said nothing."""


class NotSureEnough(Exception):
    """The provider knows who came, but not as surely as the settings ask.

    `reason` is "weak" or "old"; `told` is what it said, for the log.
    """

    def __init__(self, reason: str, told: Mapping[str, Any]) -> None:
        super().__init__(", ".join(f"{name} {told.get(name)!r}" for name in SURE))
        self.reason = reason


def init_app(app: Flask, settings: OpenId | None) -> None:
    app.jinja_env.globals["openid"] = settings
    if settings is None:
        return
    OAuth(app).register(
        NAME,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=settings.issuer.rstrip("/") + DISCOVERY,
        client_kwargs={
            "scope": settings.scope,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
            "leeway": 0,  # an access token of a minute is used at once
        },
    )
    # It writes secrets of the flow into its log for developers.
    logging.getLogger("authlib").setLevel(logging.WARNING)


@blueprint.get("/sign-in/openid")
@public
def begin() -> ResponseReturnValue:
    """To the provider, and back with a code; `again`: it asks anew who one is."""
    asked = _settings().strength.asked()
    if "again" in request.args:
        asked["prompt"] = "login"
    for old in [key for key in session if key.startswith(STATE)][:-BEGUN_KEPT]:
        session.pop(old)
    client = _client()
    try:
        _check(client)
        begun = client.create_authorization_url(
            _back(), ui_locales=i18n.locale(), **asked
        )
    except (OAuthError, RequestException, ValueError, ProviderRefused) as error:
        return _failed(error)
    target = safe_next(request.args.get("next"))
    client.save_authorize_data(redirect_uri=_back(), target=target, **begun)
    return redirect(begun["url"], 303)


@blueprint.get("/sign-in/openid/back")
@public
def back() -> ResponseReturnValue:
    """The provider sent somebody back: prove it, and let them in."""
    settings = _settings()
    client = _client()
    kept = client.framework.get_state_data(session, request.args.get("state")) or {}
    try:
        _check(client)
        claims = _claims(client)
        told = _told(settings, claims)
    except NotSureEnough as lack:
        log.warning("a sign-in elsewhere is not sure enough: %.300s", lack)
        return _page(lack.reason, target=safe_next(kept.get("target"))), 403
    except (
        OAuthError,
        JoseError,
        RequestException,
        ValueError,
        ProviderRefused,
    ) as error:
        return _failed(error)
    with context.transaction() as tx:
        found = identities.enter(tx, context.services().clock, told, sign_in.browser())
    if isinstance(found, Refusal):
        log.warning("a sign-in elsewhere has no place here: %s", found.reason)
        return _page(found.reason, found.detail), 403
    return sign_in.welcome(found, safe_next(kept.get("target")))


def _settings() -> OpenId:
    found = context.services().settings.openid
    if found is None:
        abort(404)
    return found


def _client() -> Any:
    oauth: OAuth = current_app.extensions["authlib.integrations.flask_client"]
    return oauth.create_client(NAME)


def _back() -> str:
    """By the settings, never by the request: its Host is anybody's."""
    public = context.services().settings.public
    if public is None:  # the settings are refused at the start without it
        abort(404)
    return public.of(url_for("openid.back"))


def _check(client: Any) -> None:
    """What the provider tells of itself must fit what we were told of it."""
    told: dict[str, Any] = client.load_server_metadata()
    if told.get("issuer") != _settings().issuer:
        raise ProviderRefused(f"it calls itself {told.get('issuer')}")
    for name in (*ENDPOINTS, *(one for one in IF_TOLD if told.get(one))):
        if not is_safe_issuer(str(told.get(name, "")).partition("?")[0]):
            raise ProviderRefused(f"its {name} is not safe")
    known = told.get("id_token_signing_alg_values_supported") or ALGORITHMS[:1]
    # Where Authlib looks for what may have signed a token.
    told["id_token_signing_alg_values_supported"] = [
        each for each in ALGORITHMS if each in known
    ]


def _claims(client: Any) -> Mapping[str, Any]:
    """What the provider vouches for: the ID token, and more of the same person."""
    issuer = request.args.get("iss")  # RFC 9207: whose answer this is
    if issuer is not None and issuer != _settings().issuer:
        raise ProviderRefused("the answer is another provider's")
    token = client.authorize_access_token(
        claims_options={
            "iss": {"essential": True, "value": _settings().issuer},
            "aud": {"essential": True, "value": _settings().client_id},
        },
        leeway=60,
    )
    proven = token.get("userinfo")
    if not proven:
        raise ProviderRefused("there is no ID token")
    # Of the ID token alone: Authlib does not look at `max_age`, and nobody signs more.
    lack = _settings().strength.lack(proven, int(time.time()))
    if lack:
        raise NotSureEnough(lack, proven)
    if not client.load_server_metadata().get("userinfo_endpoint"):
        return cast(Mapping[str, Any], proven)
    more = client.userinfo(token=token)
    if more.get("sub") != proven["sub"]:
        raise ProviderRefused("it tells of another person")
    return {**more, **proven}


def _told(settings: OpenId, claims: Mapping[str, Any]) -> Told:
    def text(name: str) -> str:
        value = claims.get(name)
        return value if isinstance(value, str) else ""

    subject = text("sub")
    if not subject or "\0" in subject:
        raise ProviderRefused("it does not say who this is")
    login = text("preferred_username") or subject
    locale = text("locale").partition("-")[0]
    return Told(
        issuer=settings.issuer,
        subject=subject,
        login=login,
        name=text("name") or login,
        locale=locale if locale in i18n.LOCALES else i18n.LOCALES[0],
        roles=settings.roles.of(claims),
    )


def _failed(error: Exception) -> ResponseReturnValue:
    """Nobody is told what exactly did not fit; the log is."""
    log.warning("a sign-in elsewhere failed: %s: %s", type(error).__name__, error)
    code = getattr(error, "error", None)
    if code == "access_denied":
        return _page("denied"), 403
    is_away = isinstance(error, RequestException)
    return _page("away" if is_away else "unproven"), 502 if is_away else 403


def _page(reason: str, detail: str = "", target: str | None = None) -> str:
    return render_template(
        "sign_in_refused.html", reason=str(reason), detail=detail, target=target
    )
