"""Our cookies: for this host alone, for no script, and over https for https alone."""

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug import Response

from server.public_address import PublicAddress

# A browser takes a cookie so named only over https, from this very host, for all of its
# paths (RFC 6265bis, 4.1.3.2): no sub-domain and no http page can write one over it.
PREFIX = "__Host-"
SETTING = "COOKIE_PREFIX"


class SecureWhereHttps(SecureCookieSessionInterface):
    """Flask's own cookie (for notices and ways that were begun), by the same rule."""

    def get_cookie_name(self, app: Flask) -> str:
        return name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask, public: PublicAddress | None) -> None:
    app.config[SETTING] = PREFIX if public is not None and public.is_https else ""
    app.session_interface = SecureWhereHttps()


def name(plain: str) -> str:
    """What the browser calls it."""
    return f"{current_app.config.get(SETTING, '')}{plain}"


def read(plain: str) -> str | None:
    return request.cookies.get(name(plain))


def keep(
    response: Response, plain: str, value: str, *, seconds: int | None = None
) -> None:
    """For so many seconds; None: until the browser is closed."""
    response.set_cookie(
        name(plain),
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def forget(response: Response, plain: str) -> None:
    response.delete_cookie(
        name(plain), httponly=True, samesite="Lax", secure=request.is_secure
    )
