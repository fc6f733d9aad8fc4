"""The pages' Jinja environment: the design system's macros, filters, assets, CSP."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, make_response, render_template, request, url_for
from flask.globals import request_ctx
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from server import i18n, moments, rule_words, sections, words
from server.i18n import gettext
from workflows.ports import Clock

BUNDLE = Path(__file__).parent / "static" / "bundle"
POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; "
    "script-src 'self' 'nonce-{nonce}'; style-src 'self'"
)


class AssetMissing(LookupError):
    """The bundle has not been built, or does not hold the file that a page asks for."""


def init_app(app: Flask, clock: Clock) -> None:
    """Teach an app's templates our words, dates, numbers, assets and macros."""
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("server"),
            PrefixLoader(
                {"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}
            ),
        ]
    )
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(
        moment=lambda at: _time_tag(at, moments.moment(at, clock.now())),
        until=lambda at: _time_tag(at, moments.until(at, clock.now())),
        left=lambda at: moments.left(at, clock.now()),
        band=lambda at: moments.band(at, clock.now()),
        exact=moments.exact,
        value=value,
        number=i18n.number,
        named=i18n.name_in,
    )
    environment.globals.update(
        asset=asset,
        csp_nonce=csp_nonce,
        languages=i18n.LOCALE_SHORT,
        language_names=i18n.LOCALE_NAMES,
        locale=i18n.locale,
        roles_of=sections.roles_of,
        rule_said=rule_words.said,
        same_page=same_page,
        sections=sections.sections,
        words=words,
    )
    app.after_request(_set_policy)


def asset(name: str) -> str:
    """The address of a file of the bundle by its logical name (`app.css`)."""
    try:
        return url_for("static", filename=f"bundle/{_manifest()[name]}")
    except KeyError as error:
        raise AssetMissing(
            f"{name} is not in the bundle: run `make install`"
        ) from error


def csp_nonce() -> str:
    """One unguessable word per answer: only scripts that carry it may run inline."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def same_page(**changes: str | None) -> str:
    """This page's address with some of its questions changed; None leaves one out."""
    # What was said once is not said again, and the language is kept by its cookie.
    told = {"said": None, "lang": None, **changes}
    kept: dict[str, Any] = {
        name: each for name, each in request.args.lists() if name not in told
    }
    kept |= {name: each for name, each in told.items() if each is not None}
    asked = f"?{urlencode(kept, doseq=True)}" if kept else ""
    endpoint, own = _page_shown()
    if endpoint is None:  # a page that does not exist still has languages
        return asked or "?"
    # What is asked is added as text: `_scheme` and the like mean something to url_for.
    return url_for(endpoint, **own) + asked


def _page_shown() -> tuple[str | None, Mapping[str, Any]]:
    """The page that this address is of; of a form's answer, where the form stands."""
    adapter = request_ctx.url_adapter
    if request.method in ("GET", "HEAD") or adapter is None:
        return request.endpoint, request.view_args or {}
    path = request.path
    while path:
        try:
            return adapter.match(path, method="GET")
        except HTTPException:  # nothing is shown here: the page is further up
            path = path.rpartition("/")[0]
    return adapter.match("/", method="GET")


def live(template: str, **context: Any) -> Response:
    """A part of a page that is asked for again and again: 304 while it is the same."""
    response = make_response(render_template(template, **context))
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    # Else the back button shows the part where the page of the same address was.
    response.vary.update(("Cookie", "HX-Request"))
    response.make_conditional(request)
    return response


def is_fragment() -> bool:
    """Whether htmx (or our dialog) asks, who wants the part and not the page."""
    return request.headers.get("HX-Request") == "true"


def value(told: object) -> str:
    """A value of a case as a reader says it; a list by commas, nothing as a dash."""
    if told is None or told == "":
        return "—"
    if isinstance(told, bool):
        return gettext("yes") if told else gettext("no")
    if isinstance(told, Decimal | int):
        return i18n.number(told)
    if isinstance(told, datetime):
        return moments.exact(told) if told.tzinfo else told.strftime("%d.%m.%Y %H:%M")
    if isinstance(told, date):
        return i18n.day(told)
    if isinstance(told, time):
        return told.strftime("%H:%M")
    if isinstance(told, list):
        return ", ".join(value(each) for each in told) or "—"
    if isinstance(told, Mapping):
        return "; ".join(value(each) for each in told.values()) or "—"
    return str(told)


@cache
def _manifest() -> Mapping[str, str]:
    try:
        read: Mapping[str, str] = json.loads((BUNDLE / "manifest.json").read_text())
    except FileNotFoundError as error:
        raise AssetMissing("there is no bundle: run `make install`") from error
    return read


def _time_tag(at: datetime, said: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        escape(at.isoformat()), escape(moments.exact(at)), escape(said)
    )


def _set_policy(response: Response) -> Response:
    if response.mimetype == "text/html":
        policy = POLICY.format(nonce=csp_nonce())
        response.headers["Content-Security-Policy"] = policy
    return response
