"""Rate limits: how often one account, or one address, may ask before it waits.

Accounts are counted over the API, addresses where nobody is known yet: at signing in,
and at every other write that is open to all.
"""

import math
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request

from server import auth, context
from server.load_settings import LoadSettings
from server.rates import Rate, Rates, Taken
from workflows.model import RasimError

EXTENSION = "rasim.limits"
SIGNING_IN = frozenset({"sign_in", "openid"})  # blueprints
NOBODY = b"?"  # a request that came through a socket has no address


class TooMany(RasimError):
    """Too many requests. Wait {seconds} seconds, then try again."""

    seconds: int


@dataclass(frozen=True)
class Limits:
    """What is counted, and where."""

    counts: Rates
    api: Rate
    sign_in: Rate
    anonymous: Rate


def init_app(app: Flask, told: LoadSettings, counts: Rates | None) -> None:
    """After `auth.init_app`, which says who asks; `counts`: shared with others."""
    app.extensions[EXTENSION] = Limits(
        counts or Rates(),
        api=Rate("api", told.api),
        sign_in=Rate("sign-in", told.sign_in),
        anonymous=Rate("anonymous", told.anonymous),
    )
    app.before_request(_count)
    app.after_request(_tell)


def _count() -> None:
    limits: Limits = current_app.extensions[EXTENSION]
    if auth.is_api():
        caller = context.caller_or_none()
        if caller is not None:
            _take(limits, limits.api, caller.user_id.bytes)
    elif request.method not in auth.SAFE_METHODS and _is_open():
        rate = limits.sign_in if request.blueprint in SIGNING_IN else limits.anonymous
        _take(limits, rate, (request.remote_addr or "").encode() or NOBODY)


def _is_open() -> bool:
    rule = auth.rule_of(current_app, request.endpoint) if request.endpoint else None
    return rule is not None and rule.is_public


def _take(limits: Limits, rate: Rate, key: bytes) -> None:
    if not rate.most:
        return
    taken = g.taken = limits.counts.take(rate, key)
    if taken.is_refused:
        raise TooMany(seconds=math.ceil(taken.wait))


def _tell(response: Response) -> Response:
    """The headers of draft-ietf-httpapi-ratelimit-headers, for programs."""
    taken: Taken | None = g.get("taken")
    if taken is not None and auth.is_api():
        rate = taken.rate
        policy = f'"{rate.name}";q={rate.most};w={rate.seconds:.0f}'
        left = f'"{rate.name}";r={taken.left};t={math.ceil(taken.full_in)}'
        response.headers["RateLimit-Policy"] = policy
        response.headers["RateLimit"] = left
    return response
