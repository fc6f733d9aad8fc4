"""The worker's part of webhooks: sends what waits, in threads of its own.

A receiver that is slow holds up no deadline and no job.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from server import bootstrap
from server.settings import Settings
from server.turns import outlived
from workflows.sealing import Sealer
from workflows.store.session import Store
from workflows.webhook_sending import send_waiting
from workflows.webhooks import SEALED_FOR
from workflows.world import World

THREADS = 4
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


def start(
    store: Store, world: World, settings: Settings, stop: threading.Event
) -> None:
    """Send until `stop`, in the background: what is under way then is sent again."""
    if not settings.secret_key:
        log.warning("webhooks are not sent by this worker: RASIM_SECRET_KEY is missing")
        return
    threading.Thread(
        target=deliver,
        args=(store, world, settings, stop),
        name="webhooks",
        daemon=True,
    ).start()


def deliver(
    store: Store, world: World, settings: Settings, stop: threading.Event
) -> None:
    """Send what is due until `stop`; outlives a lost database."""
    sealer = Sealer(settings.secret_key, SEALED_FOR)
    postman = bootstrap.make_postman(settings)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as threads:
        while not stop.is_set():
            sent = 0
            with outlived("sending to webhooks"):
                sent = send_waiting(store, world.clock, sealer, postman, threads.map)
            if not sent:
                stop.wait(LOOK_SECONDS)
