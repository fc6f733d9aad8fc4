"""Webhooks in tests: made, told by a postman who does as he is told, looked at."""

import json
from dataclasses import dataclass, field

from workflows import people, webhook_sending, webhooks
from workflows.sealing import Sealer
from workflows.webhook_outbox import EVENTS

SEALER = Sealer("x" * 40, webhooks.SEALED_FOR)
URL = "https://hook.example/rasim"


@dataclass
class ToldPostman:
    """Answers as a test tells it; remembers all that it was given."""

    status: int | BaseException = 204
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def post(self, url, headers, body):
        self.posts.append((url, dict(headers), body))
        if isinstance(self.status, BaseException):
            raise self.status
        return self.status

    @property
    def bodies(self):
        return [json.loads(body) for _, _, body in self.posts]

    @property
    def types(self):
        return [body["type"] for body in self.bodies]


def hook(house, login="portal", events=EVENTS, **told):
    """A new webhook, and its secret."""
    with house.store.transaction() as tx:
        caller = people.known(tx, login)
        clock = house.world.clock
        row = webhooks.add(
            tx, clock, SEALER, caller, url=URL, events=list(events), **told
        )
        return row.id, webhooks.secret(tx, clock, SEALER, caller, row.id)


def send(house, postman):
    return webhook_sending.send_waiting(house.store, house.world.clock, SEALER, postman)


def drain(house, postman):
    while send(house, postman):
        pass


def fare(house, webhook_id, login="portal"):
    with house.store.transaction() as tx:
        return webhooks.get(tx, people.known(tx, login), webhook_id)


def told_of(house, webhook_id):
    with house.store.transaction() as tx:
        found = webhooks.deliveries(tx, people.known(tx, "portal"), webhook_id)
    return found.items
