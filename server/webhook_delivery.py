"""The worker's part of webhooks: sends what waits, in threads of its own.

A receiver that is slow holds up no deadline and no job. It has one thread at a time,
and those that are slow have half of them together: the others are told in time.
"""

import logging
import threading
import time
import uuid
from collections.abc import Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any

from server import bootstrap
from server.settings import Settings
from server.turns import outlived
from workflows import webhook_sending
from workflows.ports import Postman
from workflows.sealing import Sealer
from workflows.store.session import Store
from workflows.webhooks import SEALED_FOR
from workflows.world import World

THREADS = 8
SLOW_THREADS = THREADS // 2
CONNECTIONS = 4  # to the database: a thread that waits for an answer holds none
SLOW_SECONDS = 2.0  # for one delivery: who takes longer is slow until they do not
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


def start(
    store: Store, world: World, settings: Settings, stop: threading.Event
) -> None:
    """Send until `stop`, in the background: what is under way then is sent again."""
    if not settings.secret_key:
        log.warning("webhooks are not sent by this worker: RASIM_SECRET_KEY is missing")
        return
    first, *before = settings.secret_keys
    sealer = Sealer(first, SEALED_FOR, before)
    threading.Thread(
        target=deliver,
        args=(store, world, sealer, bootstrap.make_postman(settings), stop),
        name="webhooks",
        daemon=True,
    ).start()


def deliver(
    store: Store, world: World, sealer: Sealer, postman: Postman, stop: threading.Event
) -> None:
    """Send what is due until `stop`; outlives a lost database."""
    under_way: dict[uuid.UUID, Future[None]] = {}  # by webhook
    slow: set[uuid.UUID] = set()

    def send(webhook_id: uuid.UUID, claimed: list[Any]) -> None:
        began = time.monotonic()
        with outlived("sending to a webhook"):
            webhook_sending.send(store, world.clock, sealer, postman, claimed)
        if time.monotonic() - began > SLOW_SECONDS * len(claimed):
            slow.add(webhook_id)
        else:
            slow.discard(webhook_id)

    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as threads:
        while not stop.is_set():
            under_way = {id_: one for id_, one in under_way.items() if not one.done()}
            found: dict[uuid.UUID, list[Any]] = {}
            with outlived("sending to webhooks"):
                found = _claim(store, world.clock.now(), under_way.keys(), set(slow))
            for id_, claimed in found.items():
                under_way[id_] = threads.submit(send, id_, claimed)
            if found:
                continue
            if under_way:
                wait(under_way.values(), LOOK_SECONDS, FIRST_COMPLETED)
            else:
                stop.wait(LOOK_SECONDS)


def _claim(
    store: Store, now: datetime, busy: Set[uuid.UUID], slow: Set[uuid.UUID]
) -> dict[uuid.UUID, list[Any]]:
    """As much as there are threads for: nothing waits here while its lease runs out."""
    found: dict[uuid.UUID, list[Any]] = {}
    free = THREADS - len(busy)
    if free:
        found = webhook_sending.claim(store, now, but=busy | slow, most=free)
    free = min(free - len(found), SLOW_THREADS - len(busy & slow))
    if free > 0 and slow - busy:
        but = busy | found.keys()
        found |= webhook_sending.claim(store, now, but=but, most=free)
    return found
