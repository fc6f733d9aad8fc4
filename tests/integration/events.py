"""Messages, signals and timers in the small drawings of tests, and what follows."""

import uuid

import sqlalchemy as sa

from tests.drawn import ask, line, step
from tests.integration.house import House
from workflows import instances, messages, signals
from workflows.instances import InstanceRow
from workflows.store.tables import process_instances, signal_subscriptions


def named(kind: str, name: str) -> str:
    """A message or signal to stand beside a process; its id is its name."""
    return f'<bpmn:{kind} id="{name}" name="{name}"/>'


def keyed(name: str, key: str = "= n") -> str:
    """A message with a correlation key."""
    inside = f'<zeebe:subscription correlationKey="{key}"/>'
    extensions = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"
    return f'<bpmn:message id="{name}" name="{name}">{extensions}</bpmn:message>'


def on(kind: str, name: str) -> str:
    return f'<bpmn:{kind}EventDefinition {kind}Ref="{name}"/>'


def at(kind: str, expression: str) -> str:
    """A timer: `kind` is timeDate, timeDuration or timeCycle."""
    return (
        "<bpmn:timerEventDefinition>"
        f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{expression}</bpmn:{kind}>'
        "</bpmn:timerEventDefinition>"
    )


def start(event: str = "", id_: str = "start") -> str:
    return step("startEvent", id_, body=event)


def catch(id_: str, event: str) -> str:
    return step("intermediateCatchEvent", id_, body=event)


def throw(id_: str, event: str, inside: str = "") -> str:
    return step("intermediateThrowEvent", id_, inside, body=event)


def cases(house: House, key: str) -> list[InstanceRow]:
    """All cases of a process, the oldest first."""
    with house.store.transaction() as tx:
        caller = house.callers["admin"]
        found = instances.search(tx, caller, process_key=key, limit=200)
    return sorted(found.items, key=lambda case: (case.started_at, str(case.id)))


def publish(
    house: House,
    name: str,
    key: str | None = None,
    *,
    login: str = "portal",
    ttl: int = 0,
    **variables: object,
) -> int:
    with house.store.transaction() as tx:
        return messages.publish(
            tx,
            house.world,
            house.callers[login],
            name=name,
            correlation_key=key,
            variables=variables,
            ttl_seconds=ttl,
        )


def give(
    house: House, name: str, *, login: str = "portal", **variables: object
) -> uuid.UUID:
    """A signal is thrown; nobody has heard it before the next sweep."""
    with house.store.transaction() as tx:
        caller = house.callers[login]
        return signals.publish(tx, house.world, caller, name=name, variables=variables)


def waiter(key: str, name: str, *more: str) -> bytes:
    steps = more or (catch("w", on("signal", name)), ask("after"))
    return line(key, *steps, besides=named("signal", name))


def received(house: House, case: uuid.UUID) -> list[str | None]:
    return [e.element_id for e in house.events(case) if e.type == "signal.received"]


def waiting(house: House, case: uuid.UUID) -> int:
    with house.store.transaction() as tx:
        return (
            tx.scalar(
                sa.select(sa.func.count()).where(
                    signal_subscriptions.c.instance_id == case
                )
            )
            or 0
        )


def count(house: House, which: sa.ColumnElement[bool]) -> int:
    with house.store.transaction() as tx:
        query = sa.select(sa.func.count()).select_from(process_instances).where(which)
        return tx.scalar(query) or 0
