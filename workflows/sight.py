"""Which offices a caller sees, and with which roles, found once for each request."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from workflows.callers import Caller
from workflows.model import NotFound, Role
from workflows.store.prepared import Ids, array_of
from workflows.store.tables import offices

# Past this share of all offices a list is read in its own order and those that are not
# seen are left out; below it, office by office.
MOST = 0.5
# `held` are the caller's roles, each with its office.
PARTS = sa.text(
    """
    SELECT roles, CAST(array_agg(id) AS text) AS ids, count(*) AS number,
        (SELECT count(*) FROM offices) AS all_offices
    FROM (
        SELECT id, ARRAY(
            SELECT DISTINCT role
            FROM unnest(:offices, :roles)
                AS held (office_id, role)
            WHERE office_id = ANY (path)
            ORDER BY role
        ) AS roles
        FROM offices
        WHERE path && :own AND path @> :within
    ) AS seen
    GROUP BY roles
    """
).bindparams(
    sa.bindparam("offices", type_=Ids()),
    sa.bindparam("roles", type_=ARRAY(sa.Text)),
    sa.bindparam("own", type_=Ids()),
    sa.bindparam("within", type_=Ids()),
)


@dataclass(frozen=True)
class Part:
    """Offices where the same roles are held.

    `ids`: an array as PostgreSQL reads it; None: all offices that no other part has.
    """

    roles: frozenset[Role]
    ids: str | None


@dataclass(frozen=True)
class Sight:
    """What is seen: nothing, everything, or some offices."""

    parts: tuple[Part, ...]
    is_everything: bool = False  # every office that there is
    is_most: bool = False  # more than half of them

    @property
    def ids(self) -> str:
        """All offices of the parts that name theirs."""
        told = [part.ids.strip("{}") for part in self.parts if part.ids]
        return f"{{{','.join(told)}}}"

    @property
    def number(self) -> int:
        """How many offices those are."""
        return sum(part.ids.count(",") + 1 for part in self.parts if part.ids)


def of(tx: sa.Connection, caller: Caller, office: str | None = None) -> Sight:
    """What the caller sees, or what of it is at or below the office with this code.

    NotFound for an office that the caller does not see.
    """
    own = caller.offices_as()
    if office is not None:
        parts, is_most = _parts(tx, caller, own, [_seen_office(tx, own, office)])
        return Sight(tuple(parts), is_most=is_most)
    tops = tx.scalars(sa.select(offices.c.id).where(offices.c.parent_id.is_(None)))
    above_all = frozenset(tops)
    is_everything = bool(above_all) and above_all <= {*own}
    if is_everything and len(above_all) == 1:  # else their roles may differ
        below = [one for one in own if one not in above_all]
        parts = _parts(tx, caller, below)[0] if below else []
        held = (one.role for one in caller.memberships if one.office_id in above_all)
        return Sight((*parts, Part(frozenset(held), None)), True, True)
    parts, is_most = _parts(tx, caller, own)
    return Sight(tuple(parts), is_everything, is_most)


def _parts(
    tx: sa.Connection,
    caller: Caller,
    own: Sequence[uuid.UUID],
    within: Sequence[uuid.UUID] = (),
) -> tuple[list[Part], bool]:
    """The offices below `own` by the roles that are held there; whether it is most."""
    told = {
        "offices": array_of(one.office_id for one in caller.memberships),
        "roles": [str(one.role) for one in caller.memberships],
        "own": array_of(own),
        "within": array_of(within),
    }
    rows = tx.execute(PARTS, told).all()
    number = sum(row.number for row in rows)
    is_most = bool(rows) and number > MOST * rows[0].all_offices
    return [Part(frozenset(map(Role, row.roles)), row.ids) for row in rows], is_most


def _seen_office(tx: sa.Connection, own: Sequence[uuid.UUID], code: str) -> uuid.UUID:
    found: uuid.UUID | None = tx.scalar(
        sa.select(offices.c.id).where(
            offices.c.code == code,
            offices.c.path.op("&&")(sa.literal(array_of(own), Ids())),
        )
    )
    if found is None:
        raise NotFound(kind="office", key=code)
    return found
