"""Who may ask what: every route declares its rule, and no request gets past it.

Programs prove themselves under `/api/` with a bearer token and nothing else; browsers
everywhere else with a session cookie, and every form with the session's own token.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from server import context, cookies
from server.known_tokens import KnownTokens
from workflows import sessions
from workflows.model import NotAllowed, RasimError, Role
from workflows.people import Caller, StandIn

SESSION_COOKIE = "rasim_session"
FORM_COOKIE = "rasim_form"  # for forms of those who are not signed in yet
FORM_FIELD = "csrf_token"
FORM_HEADER = "X-CSRF-Token"  # htmx sends it
API = "/api/"
CHANGE_FIRST = "/account/password"
SET_UP_FIRST = "/account/second-step"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
RULE = "access_rule"
KEPT = "kept_when_refused"
OPEN_BEFORE = "before_new_password"
OPEN_BEFORE_STEP = "before_second_step"

View = TypeVar("View", bound=Callable[..., Any])
Kept = Callable[..., ResponseReturnValue | None]


class NotSignedIn(RasimError):
    """Send the header "Authorization: Bearer TOKEN" with a token that is valid."""


class FormRefused(RasimError):
    """This page is too old, or the form does not come from us. Open it again."""


class PageOfOthers(NotAllowed):
    """This page is for other roles. If you need it, ask your administrator."""


class SecondStepFirst(NotAllowed):
    """Set up the second step of signing in first, at /account/second-step."""


class RouteWithoutRule(RasimError):
    """The routes {routes} declare no rule: use @public, @authenticated or @require."""


@dataclass(frozen=True)
class Rule:
    """Who may use a route; no role named: everybody who is known."""

    is_public: bool = False
    roles: frozenset[Role] = frozenset()


def public(view: View) -> View:
    """Everybody may, known or not."""
    return _with_rule(view, Rule(is_public=True))


def authenticated(view: View) -> View:
    """Everybody who is known may; the use case decides on what."""
    return _with_rule(view, Rule())


def require(*roles: Role) -> Callable[[View], View]:
    """Who holds one of the roles, at any office, may; on what, the use case decides."""
    if not roles:
        raise ValueError("name a role, or say @authenticated")
    return lambda view: _with_rule(view, Rule(roles=frozenset(roles)))


def before_new_password(view: View) -> View:
    """Open also to who must choose another password first."""
    setattr(view, OPEN_BEFORE, True)
    return view


def before_second_step(view: View) -> View:
    """Open also to who must set up the second step of signing in first."""
    setattr(view, OPEN_BEFORE_STEP, True)
    return view


def keeps(kept: Kept) -> Callable[[View], View]:
    """What is typed into this view's form is not lost when the form is refused.

    `kept` answers instead, with the reader or with nobody signed in, and does nothing
    that another site could want: it is asked only for a form that our own page sent.
    """

    def mark(view: View) -> View:
        setattr(view, KEPT, kept)
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    found: Rule | None = getattr(app.view_functions[endpoint], RULE, None)
    return found


def init_app(app: Flask) -> None:
    app.extensions[KnownTokens.EXTENSION] = KnownTokens()
    app.before_request(_guard)
    app.after_request(_keep_form_cookie)
    app.jinja_env.globals.update(
        csrf_token=csrf_token,
        current_caller=context.caller_or_none,
        session_needs_password=session_needs_password,
        session_needs_second_step=session_needs_second_step,
        standing_in=standing_in,
    )


def check_routes(app: Flask) -> None:
    """RouteWithoutRule unless every route says who may use it; called at the start."""
    app.view_functions["static"] = public(app.view_functions["static"])
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule_of(app, rule.endpoint) is None
    ]
    if bare:
        raise RouteWithoutRule(routes=", ".join(sorted(bare)))


def csrf_token() -> str:
    """What every form must carry: of the session, or of this browser before one."""
    session: sessions.Session | None = g.get("session")
    if session is not None:
        return session.csrf_token
    seed = cookies.read(FORM_COOKIE) or g.get("form_seed")
    if not seed:
        seed = g.form_seed = secrets.token_urlsafe(24)
    return _signed(seed)


def session_needs_password() -> bool:
    """Whether who is signed in must choose another password before all else."""
    session: sessions.Session | None = g.get("session")
    return session is not None and session.must_change_password


def session_needs_second_step() -> bool:
    """Whether who is signed in must set up a second step before all else but that."""
    session: sessions.Session | None = g.get("session")
    if session is None or not session.is_one_factor:
        return False
    return context.services().settings.needs_second_factor


def standing_in() -> tuple[StandIn, ...]:
    """Whom the one who asks stands in for today."""
    caller = context.caller_or_none()
    return caller.stands_in_for if caller else ()


def session_token() -> str:
    """What this browser's session is known by; "" without one."""
    return cookies.read(SESSION_COOKIE) or ""


def keep_session(response: Response, token: str) -> Response:
    """This browser's session from now on, until it is closed."""
    cookies.keep(response, SESSION_COOKIE, token)
    return response


def is_api() -> bool:
    return request.path.startswith(API)


def speaks_json() -> bool:
    """Whether a program, or a page's script, is answered: they read no pages."""
    return is_api() or request.accept_mimetypes.best == "application/json"


def safe_next(target: str | None) -> str | None:
    """A path on this site to go on to, or None: never another site's address."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(letter) < 0x21 for letter in target):
        return None
    return target


def _with_rule(view: View, rule: Rule) -> View:
    setattr(view, RULE, rule)
    return view


def _guard() -> ResponseReturnValue | None:
    if request.endpoint == "static":
        return None
    rule = rule_of(current_app, request.endpoint) if request.endpoint else Rule(True)
    if rule is None:
        raise RouteWithoutRule(routes=request.path)
    if is_api():
        if not rule.is_public:
            _check_roles(rule, _program())
        return None
    g.session = _session()
    g.caller = g.session.caller if g.session else None
    if not rule.is_public and g.session is None:
        return _kept() or _to_sign_in()
    owed = _to_what_is_owed()
    if owed is not None:
        return owed
    if not rule.is_public:
        _check_roles(rule, g.caller)
    if request.method not in SAFE_METHODS and request.endpoint:
        return _form_refused()
    return None


def _to_what_is_owed() -> ResponseReturnValue | None:
    """A password of one's own, then a second step, come before everything else."""
    if session_needs_password():
        return None if _is_open(OPEN_BEFORE) else _to_new_password()
    if session_needs_second_step():
        return None if _is_open(OPEN_BEFORE_STEP) else _to_second_step()
    return None


def _form_refused() -> ResponseReturnValue | None:
    """None for a form that is in order; FormRefused where nobody answers instead."""
    try:
        _check_form()
    except FormRefused:
        answer = _kept()
        if answer is None:
            raise
        return answer
    return None


def _kept() -> ResponseReturnValue | None:
    """The answer to a form of ours that is refused, where the view says one."""
    view = current_app.view_functions.get(request.endpoint or "")
    kept: Kept | None = getattr(view, KEPT, None)
    if kept is None or request.method in SAFE_METHODS or not _is_from_us():
        return None
    return kept(**(request.view_args or {}))


def _is_from_us() -> bool:
    """Whether the browser says that a page of this very site sends the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return context.is_ours(request.headers.get("Origin", ""))


def _check_roles(rule: Rule, caller: Caller) -> None:
    if rule.roles and not caller.has(*rule.roles):
        raise NotAllowed(action="use", kind="call") if is_api() else PageOfOthers


def _program() -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    known: KnownTokens = current_app.extensions[KnownTokens.EXTENSION]
    caller = known.caller(token)
    if caller is None:
        raise NotSignedIn
    g.caller = caller
    return caller


def _session() -> sessions.Session | None:
    token = session_token()
    if not token:
        return None
    services = context.services()
    with services.store.statement() as tx:
        return sessions.by_session(tx, services.clock, token)


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back; htmx is told by header, for it follows no page."""
    asked = _asked()
    target = "/sign-in" if asked == "/" else f"/sign-in?{urlencode({'next': asked})}"
    if _is_part():
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def _to_second_step() -> ResponseReturnValue:
    """To the page that sets one up, and on from there to what was asked for."""
    target = f"{SET_UP_FIRST}?{urlencode({'next': _asked()})}"
    if _is_part():
        return Response(status=403, headers={"HX-Redirect": target})
    if speaks_json():
        raise SecondStepFirst
    return redirect(target, 303)


def _is_open(mark: str) -> bool:
    """Whether a page is there before something else is done: it leads to that."""
    if not request.endpoint:
        return True
    return hasattr(current_app.view_functions[request.endpoint], mark)


def _is_part() -> bool:
    return request.headers.get("HX-Request") == "true"


def _asked() -> str:
    """The page to come back to: after a form, the first one."""
    if _is_part():
        return _whole_page()
    return request.full_path.rstrip("?") if request.method in SAFE_METHODS else "/"


def _whole_page() -> str:
    """The page that htmx asks a part for, as the browser tells it."""
    try:
        told = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return "/"
    return safe_next(told._replace(scheme="", netloc="").geturl()) or "/"


def _to_new_password() -> ResponseReturnValue:
    if _is_part():
        return Response(status=403, headers={"HX-Redirect": CHANGE_FIRST})
    return redirect(CHANGE_FIRST, 303)


def _check_form() -> None:
    told = request.headers.get(FORM_HEADER) or request.form.get(FORM_FIELD) or ""
    if not any(_is_same(told, token) for token in _form_tokens()):
        raise FormRefused


def _form_tokens() -> list[str]:
    """What a form of ours carries: of the session; before one, of any key of ours."""
    if g.session is not None:
        return [g.session.csrf_token]
    seed = cookies.read(FORM_COOKIE)
    if seed is None:
        return []
    return [_signed(seed, key) for key in context.services().settings.secret_keys]


def _is_same(told: str, token: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), token.encode())


def _signed(seed: str, secret: str | None = None) -> str:
    key = (secret or context.services().settings.secret_key).encode()
    return hmac.new(
        key, b"form:" + seed.encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()


def _keep_form_cookie(response: Response) -> Response:
    if "form_seed" in g:
        cookies.keep(response, FORM_COOKIE, g.form_seed)
    return response
