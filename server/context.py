"""What a view may reach: this process's services, and who makes this request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, g, request

from server.clock import ManualClock
from server.settings import Settings
from workflows.depot import Depot
from workflows.norms import Norms
from workflows.people import Caller
from workflows.ports import Clock
from workflows.sealing import Sealer
from workflows.store.session import Store
from workflows.world import World

EXTENSION = "rasim"


@dataclass(frozen=True)
class Services:
    """Everything that `bootstrap.create_app` wired together."""

    settings: Settings
    store: Store
    world: World
    norms: Norms
    depot: Depot
    run_due: Callable[[], int]  # fires what is due by the clock; how many rows

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def manual_clock(self) -> ManualClock | None:
        return self.clock if isinstance(self.clock, ManualClock) else None


def services() -> Services:
    found: Services = current_app.extensions[EXTENSION]
    return found


def world() -> World:
    return services().world


@contextmanager
def transaction() -> Iterator[sa.Connection]:
    """One use case is one transaction: commits on leaving, an error rolls it back."""
    with services().store.transaction() as tx:
        yield tx


def is_at_home(host: str) -> bool:
    """Whether a request's Host names us, as far as the settings say who we are."""
    settings = services().settings
    public = settings.public
    return public is None or public.is_meant(host, settings.host)


def is_ours(origin: str) -> bool:
    """Whether the Origin that a browser tells is that of our own pages."""
    public = services().settings.public
    if public is not None and origin == public.origin:
        return True
    return urlsplit(origin).netloc == request.host


def sealer(purpose: str) -> Sealer:
    """Seals what only this service may read again, for one purpose."""
    first, *before = services().settings.secret_keys
    return Sealer(first, purpose, before)


def caller() -> Caller:
    """Who asks; a view that may be asked by nobody uses `caller_or_none`."""
    found = caller_or_none()
    if found is None:
        raise LookupError("nobody is signed in: the route's rule must be stricter")
    return found


def caller_or_none() -> Caller | None:
    found: Caller | None = g.get("caller")
    return found


def request_id() -> str:
    """The id of this request, as in the log, in every error and in `X-Request-Id`."""
    return str(g.get("request_id", ""))
