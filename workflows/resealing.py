"""What is kept sealed, and with which of the service's secrets; sealing it anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from workflows import second_factors as factors
from workflows import webhooks as hooks
from workflows.sealing import Sealer
from workflows.store.tables import second_factors, users, webhooks


@dataclass
class Seals:
    """Names of what is sealed, by the secret: that of now, one of before, none known.

    A second step is named by its owner's login, a webhook by its id.
    """

    current: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Kept:
    purpose: str
    name: sa.ColumnElement[Any]
    id: sa.Column[Any]
    sealed: sa.Column[str]
    rows: sa.FromClause


KEPT = (
    _Kept(
        factors.PURPOSE,
        users.c.login,
        second_factors.c.user_id,
        second_factors.c.sealed_secret,
        second_factors.join(users, users.c.id == second_factors.c.user_id),
    ),
    _Kept(
        hooks.SEALED_FOR,
        webhooks.c.id,
        webhooks.c.id,
        webhooks.c.sealed_secret,
        webhooks,
    ),
)


def look(tx: sa.Connection, secrets: Sequence[str]) -> Seals:
    """With which of the secrets, the one of now first, everything is sealed."""
    found = Seals()
    for kept in KEPT:
        sealer = Sealer(secrets[0], kept.purpose, secrets[1:])
        for row in tx.execute(_all(kept)):
            _sort(found, sealer, row)
    return found


def seal_anew(tx: sa.Connection, secrets: Sequence[str]) -> Seals:
    """Seal with the first of the secrets what is sealed with another of them.

    What was so is `before` in the answer; what none of them opens is left as it is.
    """
    found = Seals()
    for kept in KEPT:
        sealer = Sealer(secrets[0], kept.purpose, secrets[1:])
        rows = tx.execute(_all(kept).with_for_update(of=kept.id.table)).all()
        changed = list(_changed(found, sealer, rows))
        if changed:
            tx.execute(
                sa.update(kept.id.table)
                .where(kept.id == sa.bindparam("of"))
                .values({kept.sealed: sa.bindparam("sealed")}),
                changed,
            )
    return found


def _all(kept: _Kept) -> sa.Select[Any]:
    """In one order; what is sealed of a webhook that was removed is empty."""
    columns = (kept.id.label("of"), kept.name.label("name"), kept.sealed.label("is"))
    return (
        sa.select(*columns)
        .select_from(kept.rows)
        .where(kept.sealed != "")
        .order_by(kept.id)
    )


def _changed(
    found: Seals, sealer: Sealer, rows: Sequence[sa.Row[Any]]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        renewed = _sort(found, sealer, row)
        if renewed is not None:
            yield {"of": row.of, "sealed": renewed}


def _sort(found: Seals, sealer: Sealer, row: sa.Row[Any]) -> str | None:
    """Where it belongs; sealed anew, if with a secret of before."""
    name, sealed = str(row.name), str(row._mapping["is"])
    if sealer.is_current(sealed):
        found.current.append(name)
        return None
    renewed = sealer.renewed(sealed)
    (found.unknown if renewed is None else found.before).append(name)
    return renewed
