"""Messages: correlated with a case that waits for them, else kept until their ttl."""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from workflows import feel, incidents, people, starts, thrown_signals
from workflows.incidents import WorkersDied
from workflows.job_claims import MOST_DEATHS
from workflows.kept_messages import from_buffer, take
from workflows.model import (
    DatabaseUnavailable,
    IncidentState,
    InputRefused,
    InstanceState,
)
from workflows.steps import Step, step
from workflows.store.session import Store
from workflows.store.tables import (
    buffered_messages,
    message_subscriptions,
    process_instances,
)
from workflows.store.tables import incidents as incident_rows
from workflows.world import World

TTL_MAX_SECONDS = 31 * 86_400
# Whoever has waited longest for a message takes it.
LONGEST_FIRST = (
    message_subscriptions.c.created_at,
    message_subscriptions.c.instance_id,
    message_subscriptions.c.token,
)
About = Callable[[Sequence[uuid.UUID]], None]
log = logging.getLogger(__name__)


def publish(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    *,
    name: str,
    correlation_key: str | None,
    variables: Mapping[str, Any],
    ttl_seconds: int,
) -> int:
    """Deliver a message to a case that waits for it; how many cases took it.

    Unlike a signal, a message is for one: of the cases of a process, the one that has
    waited longest takes it, once. Several processes may wait for it, as in Camunda 8.
    It also starts a case of each process that has such a start, unless another case of
    that process took it. Nobody took it: it is kept for `ttl_seconds` and delivered
    when a case begins to wait for it; it starts none then.
    """
    if not 0 <= ttl_seconds <= TTL_MAX_SECONDS:
        raise InputRefused(
            field="ttl_seconds", reason=f"between 0 and {TTL_MAX_SECONDS}"
        )
    values = {key: feel.from_plain(value) for key, value in variables.items()}
    key = correlation_key or ""
    actor = people.actor(caller)
    took: set[str] = set()  # processes
    for row in _hearers(tx, caller, name, key):
        if row.process_key in took:
            continue
        if _deliver(tx, world, actor, row.instance_id, row.token, values):
            took.add(row.process_key)
    taken = len(took) + starts.by_message(
        tx,
        world,
        caller,
        name=name,
        correlation_key=correlation_key,
        variables=values,
        but=tuple(took),
    )
    if not taken and ttl_seconds:
        now = world.clock.now()
        tx.execute(
            sa.insert(buffered_messages).values(
                name=name,
                correlation_key=key,
                variables=feel.dumps(values),
                published_by=caller.user_id,
                published_at=now,
                expires_at=now + timedelta(seconds=ttl_seconds),
            )
        )
    return taken


def _hearers(
    tx: sa.Connection, caller: people.Caller, name: str, key: str
) -> Sequence[people.AnyRow]:
    """The cases of the caller's offices that wait for a message, longest first."""
    return tx.execute(
        sa.select(
            message_subscriptions.c.token,
            message_subscriptions.c.instance_id,
            process_instances.c.process_key,
        )
        .join(
            process_instances,
            process_instances.c.id == message_subscriptions.c.instance_id,
        )
        .where(
            message_subscriptions.c.name == name,
            message_subscriptions.c.correlation_key == key,
            process_instances.c.state == InstanceState.ACTIVE,
            process_instances.c.office_id.in_(people.visible(caller)),
        )
        .order_by(*LONGEST_FIRST)
    ).all()


def _deliver(
    tx: sa.Connection,
    world: World,
    actor: str,
    instance_id: uuid.UUID,
    token: uuid.UUID,
    variables: Mapping[str, Any],
) -> bool:
    """Whether the case still waited for it."""
    with step(
        tx, world, instance_id, actor, states=frozenset(InstanceState)
    ) as current:
        if current.instance.state != InstanceState.ACTIVE:
            return False  # suspended meanwhile: it waits on
        waited = tx.execute(
            sa.delete(message_subscriptions)
            .where(message_subscriptions.c.token == token)
            .returning(
                message_subscriptions.c.element_id,
                message_subscriptions.c.called_process,
            )
        ).one_or_none()
        if waited is None:
            return False
        take(current, token, waited.element_id, variables, waited.called_process)
    return True


def match(store: Store, world: World, about: About | None = None) -> int:
    """Bring together messages and cases that missed each other; drop what expired.

    `about` is told which one is next: it may be the worker's end.

    Two transactions, one that begins to wait and one that publishes, may each end
    without having seen the other. The workers' sweep calls this: there they meet.
    """
    now = world.clock.now()
    with store.transaction() as tx:
        tx.execute(
            sa.delete(buffered_messages).where(buffered_messages.c.expires_at <= now)
        )
        thrown_signals.clean(tx)
        asks_for_help = sa.exists().where(
            incident_rows.c.token == message_subscriptions.c.token,
            incident_rows.c.state == IncidentState.OPEN,
        )
        pairs = tx.execute(
            sa.select(message_subscriptions)
            .where(~asks_for_help)
            .join(
                buffered_messages,
                (buffered_messages.c.name == message_subscriptions.c.name)
                & (
                    buffered_messages.c.correlation_key
                    == message_subscriptions.c.correlation_key
                ),
            )
            .order_by(*LONGEST_FIRST)
        ).all()
    for pair in pairs:
        try:
            if pair.deaths > MOST_DEATHS:
                raise WorkersDied(f"{pair.deaths} workers in a row died of this")
            if about is not None:
                about([pair.token])
            _bring_together(store, world, pair)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # the others must not wait for this one
            log.exception("a message to case %s fails", pair.instance_id)
            with incidents.of_ours(store, error) as (tx, told):
                incidents.of_message(tx, world, pair, told)
    if pairs and about is not None:
        about([])
    return len(pairs)


def _bring_together(store: Store, world: World, pair: sa.Row[Any]) -> None:
    with store.transaction() as tx, _waiting(tx, world, pair) as current:
        if current is not None:
            from_buffer(
                current,
                pair.token,
                pair.element_id,
                pair.name,
                pair.correlation_key,
                pair.called_process,
            )


@contextmanager
def _waiting(
    tx: sa.Connection, world: World, pair: sa.Row[Any]
) -> Iterator[Step | None]:
    with step(
        tx, world, pair.instance_id, "message", states=frozenset(InstanceState)
    ) as current:
        still = tx.scalar(
            sa.select(message_subscriptions.c.token).where(
                message_subscriptions.c.token == pair.token
            )
        )
        active = current.instance.state == InstanceState.ACTIVE
        yield current if still is not None and active else None
