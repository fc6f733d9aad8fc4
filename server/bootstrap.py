"""Wiring: settings become services, services become the application or a worker.

The only module that knows the outside systems' adapters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from flask import Flask, Response

from integrations.connectors import JOB_TYPES, HttpConnectors
from integrations.document_bucket import Bucket, DocumentBucket
from integrations.document_folder import DocumentFolder
from integrations.people import Population
from integrations.postman import HttpsPostman
from integrations.virus_scanner import ClamDaemon
from server import (
    api,
    auth,
    compression,
    context,
    cookies,
    edge,
    errors,
    health,
    i18n,
    limits,
    logs,
    openid,
    overload,
    rendering,
    sections,
    sign_in,
)
from server.clock import ManualClock
from server.context import Services
from server.diagrams import released as drawn
from server.environment import SettingRefused
from server.postgres.embedded import database_url, require_url
from server.public_address import BehindProxies
from server.rates import Rates
from server.settings import PACKAGED, Settings
from workflows import due
from workflows.depot import Depot
from workflows.linting import Outside
from workflows.norms import Norms
from workflows.ports import (
    Clock,
    Connectors,
    DocumentStore,
    Postman,
    SystemClock,
    VirusScanner,
)
from workflows.store.session import Store
from workflows.world import World

SPARE_CONNECTIONS = 2  # beside one for each thread that serves
NORMS = PACKAGED / "bpmn"
YEAR_SECONDS = 365 * 24 * 3600
HOUR_SECONDS = 3600
DEMO_SEED = 1  # that of `rasim simulators`
DEMO_FAMILIES = 1_000
UNKNOWN_QUEUE = "unknown"
BUNDLE = "bundle/"  # its files carry a hash in their names


def create_app(settings: Settings, counts: Rates | None = None) -> Flask:
    """The pages and the API. Raises for a missing secret, and for an open route.

    `counts` holds the rates that this process shares with others.
    """
    logs.configure(settings.log_level)
    app = Application("server")
    app.config.update(
        SECRET_KEY=settings.require_secret(),
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PROPAGATE_EXCEPTIONS=False,  # an error is always answered, in tests too
    )
    cookies.init_app(app, settings.public)
    if settings.public is not None:
        app.wsgi_app = BehindProxies(  # type: ignore[method-assign]  # Flask's own way
            app.wsgi_app, settings.public
        )
    services = make_services(settings)
    app.extensions[context.EXTENSION] = services
    edge.init_app(app)
    overload.init_app(app, settings.load.wait_seconds)
    errors.init_app(app)
    auth.init_app(app)
    limits.init_app(app, settings.load, counts)
    i18n.init_app(app, _locale_of_reader)
    rendering.init_app(app, services.clock)
    drawn.init_app(app)
    app.jinja_env.globals.update(sections=sections.sections, roles_of=sections.roles_of)
    openid.init_app(app, settings.openid)
    _register(app)
    auth.check_routes(app)
    return app


def make_services(settings: Settings) -> Services:
    store = make_store(settings, pool_size=settings.web_threads + SPARE_CONNECTIONS)
    world = make_world(settings, store)
    return Services(
        settings=settings,
        store=store,
        world=world,
        norms=Norms.load(NORMS),
        depot=make_depot(settings),
        run_due=partial(due.run, store, world),
    )


def make_store(settings: Settings, *, pool_size: int = 4) -> Store:
    return Store(require_url(settings), pool_size=pool_size)


def make_clock(settings: Settings) -> Clock:
    if settings.manual_clock:
        return ManualClock(require_url(settings))
    return SystemClock()


def make_world(settings: Settings, store: Store) -> World:
    outside = make_outside()
    return World(
        clock=make_clock(settings),
        queue_of=queue_of,
        job_types=outside.job_types,
        norm_ids=outside.norm_ids,
        has_scanner=settings.documents.scanner is not None,
    )


def make_depot(settings: Settings) -> Depot:
    """Where documents are kept, and who looks for viruses in them."""
    told = settings.documents
    files: DocumentStore = DocumentFolder(told.folder)
    if told.bucket is not None:
        files = DocumentBucket(Bucket(**vars(told.bucket)))
    scanner: VirusScanner | None = None
    if isinstance(told.scanner, str):
        scanner = ClamDaemon(path=told.scanner)
    elif told.scanner is not None:
        scanner = ClamDaemon(*told.scanner)
    return Depot(files, scanner, told.most_bytes, told.most_per_case)


def make_outside() -> Outside:
    """What the rules on drawings know of the world: connectors, and the norms."""
    norm_ids = frozenset(norm.id for norm in Norms.load(NORMS))
    return Outside(job_types=JOB_TYPES, norm_ids=norm_ids)


def make_connectors(settings: Settings) -> Connectors:
    """The outside systems, at the addresses of their stand-ins."""
    if settings.simulators_url is None:
        mend = "Start `rasim simulators` and name its address."
        raise SettingRefused(name="RASIM_SIMULATORS_URL", reason="missing", mend=mend)
    return HttpConnectors(settings.simulators_url)


def make_postman(settings: Settings) -> Postman:
    """Who brings what webhooks are told."""
    return HttpsPostman(settings.webhook_networks)


def make_population() -> Population:
    """The invented people whom the simulators know: the same seed, the same year."""
    return Population(DEMO_SEED, DEMO_FAMILIES, SystemClock().now().date())


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Store, World]]:
    """Store and world for one command, closed after it."""
    with database_url(settings) as url:
        settings = replace(settings, database_url=url)
        store = make_store(settings)
        try:
            yield store, make_world(settings, store)
        finally:
            store.close()


def queue_of(job_type: str) -> str:
    """The queue of a type of job: its own, so that one type can be paused.

    A type that no system does has a queue too: a worker takes it and says so.
    """
    return job_type if job_type in JOB_TYPES else UNKNOWN_QUEUE


def system_of(queue: str) -> str:
    """The outside system of a queue, or of a type of job: up to its first dot."""
    return queue.partition(".")[0]


def queues() -> list[str]:
    """Every queue that a worker takes jobs from.

    Once a system had one queue for all its types: what is on it still is done too.
    """
    return sorted({UNKNOWN_QUEUE, *JOB_TYPES, *map(system_of, JOB_TYPES)})


class Application(Flask):
    """Flask, with JSON as it was written and files kept for as long as they are."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
        self.json.ensure_ascii = False  # type: ignore[attr-defined]  # as above
        self.json.compact = True  # type: ignore[attr-defined]  # as above

    def send_static_file(self, filename: str) -> Response:
        response = compression.send_built(self, filename)
        if filename.startswith(BUNDLE):
            response.cache_control.immutable = True
        return response

    def get_send_file_max_age(self, filename: str | None) -> int:
        is_bundled = filename is not None and filename.startswith(BUNDLE)
        return YEAR_SECONDS if is_bundled else HOUR_SECONDS


def _locale_of_reader() -> str | None:
    caller = context.caller_or_none()
    return caller.locale if caller else None


def _register(app: Flask) -> None:
    from server import (
        account,
        designer,
        desk,
        norms_pages,
        people,
        programs,
        security_txt,
        supervisor,
    )

    app.register_blueprint(health.blueprint)
    app.register_blueprint(security_txt.blueprint)
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(openid.blueprint)
    for pages in (account, desk, designer, norms_pages, people, programs, supervisor):
        app.register_blueprint(pages.blueprint)
    api.init_app(app)
