"""What every answer tells browsers that they may do with it."""

from flask import Flask, Response, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # Pages bring their own; nothing else has a use for scripts, styles or frames.
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    # The next person at this computer must not find it with the back button, and no
    # machine between us keeps it; what is the same for everybody says so itself.
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    # An address with two slashes is no page: werkzeug would send to the host that the
    # request names, and that may be anybody's.
    app.url_map.merge_slashes = False
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    return response
