"""The worklist as PostgreSQL is asked for it: what is wanted, where, in which order.

Why it is asked so, with figures: docs/decisions/0011-worklist.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, UUID

from forms import letters
from workflows import lookalikes
from workflows.model import Role, TaskState
from workflows.sight import Part, Sight
from workflows.store.prepared import DIALECT, Ids, driver_of
from workflows.store.tables import offices, process_instances, user_tasks

Condition = sa.ColumnElement[bool]

# Work without a due moment comes after all that has one. The index is made of just this
# expression, and the predicates of the partial indexes are just these conditions.
FAR = "'9999-01-01 00:00:00+00'::timestamptz"
DUE_AT: sa.ColumnElement[Any] = sa.func.coalesce(
    user_tasks.c.sort_at, sa.literal_column(FAR, user_tasks.c.sort_at.type)
)
IS_OPEN: Condition = user_tasks.c.state.in_(
    [sa.literal_column("'created'"), sa.literal_column("'claimed'")]
)
IS_CLOSED: Condition = user_tasks.c.state.in_(
    [sa.literal_column("'completed'"), sa.literal_column("'canceled'")]
)
CLOSED = (TaskState.COMPLETED, TaskState.CANCELED)
ENDED_AT = user_tasks.c.ended_at
ID = user_tasks.c.id
SORTS: Mapping[str, list[sa.UnaryExpression[Any]]] = {
    "deadline_at": [DUE_AT.asc(), ID.asc()],
    "-deadline_at": [DUE_AT.desc(), ID.desc()],
    "created_at": [user_tasks.c.created_at.asc(), ID.asc()],
    "-created_at": [user_tasks.c.created_at.desc(), ID.desc()],
    "priority": [user_tasks.c.priority.desc(), DUE_AT.asc(), ID.asc()],
    "ended_at": [ENDED_AT.asc(), ID.asc()],
    "-ended_at": [ENDED_AT.desc(), ID.desc()],
}

OF_A_PLACE = 0.1  # what the place of a row in an index costs, where the row costs 1


@dataclass(frozen=True)
class Rarity:
    """Open tasks, estimated: with the words, seen, and all that there are.

    PostgreSQL estimates well how many tasks have a word, and far too low what it costs
    to read their places in a GIN index; so its two ways are weighed here, in rows.
    """

    found: int
    ours: int
    every: int

    @property
    def _share(self) -> float:
        return max(self.found / self.every, 1e-9)

    @property
    def _places(self) -> float:
        """To read the places of the words; of what is seen as well, unless all is."""
        ours = self.ours / 2 if self.ours < self.every else 0
        return (self.found + ours) * OF_A_PLACE

    def is_counted_by_words(self, most: int) -> bool:
        """Whether counting up to `most` is less work by the index of words."""
        picked = self._places + min(self.ours * self._share, most)
        return picked < min(self.ours, most / self._share)

    def is_read_by_words(self, limit: int, offices: int | None) -> bool:
        """Whether the first in order are found with less work by the index of words.

        That finds all of them, to be put in order. The others ways read on in order
        until there are enough: in each of `offices`, or, for None, among all tasks.
        """
        picked = self._places + self.ours * self._share
        if offices is None:
            passed = limit / self._share * self.every / self.ours
            return picked < min(self.every, passed)
        return picked < min(self.ours, offices * limit / self._share)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: conditions on tasks, and the offices that are seen.

    `is_picked`: a condition has an index of its own; `is_few`: few tasks meet it
    wherever they are. `words`: each a tsquery; with a `rarity`, their index is read
    where that is less work. `login`: only what this person, by name or by the roles
    held at the task's office, may do.
    """

    sight: Sight
    conditions: Sequence[Condition]
    sort: str
    is_closed: bool = False
    is_picked: bool = False
    is_few: bool = False
    words: Sequence[str] = ()
    rarity: Rarity | None = None
    login: str | None = None


def chosen(
    wanted: Wanted,
    limit: int,
    after: Condition | None = None,
    *,
    is_in_order: bool = True,
) -> sa.Select[Any]:
    """The first ids in order, with the keys of the order as key0, key1, ...

    Without an order, as many of those that are found first.
    """
    by_words = _is_picked_by_words(wanted, limit, is_in_order=is_in_order)
    words = (has_words(one, is_picked=by_words) for one in wanted.words)
    conditions = [*wanted.conditions, *words, *(() if after is None else (after,))]
    if by_words:
        return _picked_by_words(wanted, conditions, limit, is_in_order=is_in_order)
    if wanted.is_picked or not _is_read_by_office(wanted):
        return _keys(wanted, limit).where(*conditions, *_in_sight(wanted))
    parts = [_by_office(wanted, part, limit, conditions) for part in wanted.sight.parts]
    if not parts:
        return _keys(wanted, limit).where(sa.false())
    every = (parts[0] if len(parts) == 1 else sa.union_all(*parts)).subquery("every")
    keys = [each for name, each in every.c.items() if name != "id"]
    order = order_of([*keys, every.c.id], wanted.sort) if is_in_order else []
    return sa.select(every).order_by(*order).limit(limit)


def order_of(
    keys: Sequence[sa.ColumnElement[Any]], sort: str
) -> list[sa.UnaryExpression[Any]]:
    """The order, said of columns that hold its keys."""
    return [
        key.desc() if _is_falling(part) else key.asc()
        for key, part in zip(keys, SORTS[sort], strict=True)
    ]


def finds_all(wanted: Wanted, limit: int) -> bool:
    """Whether all that is asked for is found on the way to the first in order."""
    return _is_picked_by_words(wanted, limit, is_in_order=True)


def _is_picked_by_words(wanted: Wanted, limit: int, *, is_in_order: bool) -> bool:
    if wanted.rarity is None:
        return False
    if not is_in_order:
        return wanted.rarity.is_counted_by_words(limit)
    by_office = _is_read_by_office(wanted)
    return wanted.rarity.is_read_by_words(
        limit, wanted.sight.number if by_office else None
    )


def _picked_by_words(
    wanted: Wanted, conditions: Sequence[Condition], limit: int, *, is_in_order: bool
) -> sa.Select[Any]:
    """The first and the number of all, or as many as the index of words finds first.

    Who sees everything has no other index to read with it, but PostgreSQL would read
    all of one that is made for open tasks: so these are said in other words.
    """
    if wanted.sight.is_everything:
        others = [one for one in conditions if one is not IS_OPEN]
        conditions = [*others, sa.not_(IS_CLOSED)]
    found = sa.select(ID).limit(limit)
    if is_in_order:
        found = _keys(wanted, limit).add_columns(
            sa.func.count().over().label("number_of_all")
        )
    return found.where(*conditions, *_in_sight(wanted))


def number(wanted: Wanted, most: int) -> sa.ScalarSelect[int]:
    """How many there are; one more than `most` stands for more."""
    if not wanted.is_closed:  # whatever the order, the index for this one has it all
        wanted = replace(wanted, sort="deadline_at")
    found = chosen(wanted, most + 1, is_in_order=False).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


@contextmanager
def planned_for_values(tx: sa.Connection) -> Iterator[None]:
    """Statements of the block are planned for the very values that they carry.

    A plan made for any value at all, which psycopg and PostgreSQL would keep from the
    sixth time on, reads half of the table for a rare word and is slow for a common one.
    The table is never read from its beginning: there lies what is over, and of what is
    open PostgreSQL believes that it lies everywhere.
    """
    driver = driver_of(tx)
    kept, driver.prepare_threshold = driver.prepare_threshold, None
    driver.execute("SET LOCAL enable_seqscan = off")
    try:
        yield
        driver.execute("SET LOCAL enable_seqscan = on")
    finally:
        driver.prepare_threshold = kept


def has_words(words: str, *, is_picked: bool = True) -> Condition:
    """Whether an open task has the words of `search_terms.asked`.

    Not `is_picked`: said so that the index of words is not read for it.
    """
    query = sa.cast(words, TSQUERY)
    found = user_tasks.c.search.op("@@", return_type=sa.Boolean())(query)
    # IS TRUE matches no index, and is estimated as what it is said of.
    return found if is_picked else found.is_(sa.true())


def rarity(tx: sa.Connection, seen: Sight, words: Sequence[str]) -> Rarity:
    """How rare all of these words together are, by PostgreSQL's statistics."""
    every = _estimated(tx, IS_OPEN)
    ours = every
    if not seen.is_everything:
        here = user_tasks.c.office_id == sa.any_(array(seen.ids))
        ours = min(every, _estimated(tx, IS_OPEN, here))
    found = _estimated(tx, *(has_words(one) for one in words))
    return Rarity(found, ours, every)


def _estimated(tx: sa.Connection, *conditions: Condition) -> int:
    """How many tasks meet the conditions, by PostgreSQL's statistics; 1 or more."""
    asked: sa.Select[Any] = sa.select(ID).where(*conditions)
    compiled = asked.compile(dialect=DIALECT)
    told = (
        driver_of(tx)
        .cursor()
        .execute(
            b"EXPLAIN (FORMAT JSON) " + str(compiled).encode(),
            compiled.params,
            prepare=False,
        )
        .fetchone()
    )
    return max(1, int(told[0][0]["Plan"]["Plan Rows"])) if told else 1


def is_of_case(business_key: str) -> Condition:
    """Whether a task, open or not, is of a case with this business key."""
    typed = letters.line(business_key).strip()
    told = lookalikes.as_number(typed.casefold()) or typed
    spellings = list(dict.fromkeys([typed, typed.upper(), told, told.upper()]))
    cases = sa.select(process_instances.c.id).where(
        process_instances.c.business_key == sa.any_(sa.cast(spellings, ARRAY(sa.Text)))
    )
    return user_tasks.c.instance_id.in_(cases)


def _is_read_by_office(wanted: Wanted) -> bool:
    """Whether an index holds each office's tasks in the wanted order."""
    if wanted.is_closed:
        return wanted.sort.endswith("ended_at")
    return wanted.sort.endswith("deadline_at") and not wanted.sight.is_most


def _keys(wanted: Wanted, limit: int) -> sa.Select[Any]:
    order = SORTS[wanted.sort]
    keys = [part.element.label(f"key{n}") for n, part in enumerate(order[:-1])]
    return sa.select(ID, *keys).order_by(*order).limit(limit)


def _by_office(
    wanted: Wanted, part: Part, limit: int, conditions: Sequence[Condition]
) -> sa.Select[Any]:
    """The first of each office; an index has them in order, so few are looked at."""
    source: sa.FromClause
    office_id: sa.ColumnElement[Any]
    if part.ids is None:
        seen = sa.select(offices.c.id.label("office_id")).where(
            offices.c.id != sa.all_(array(wanted.sight.ids))
        )
        source = seen.subquery("seen")
        office_id = source.c.office_id
    else:
        unnested = sa.func.unnest(array(part.ids))
        source = unnested.table_valued("office_id", name="seen").render_derived()
        office_id = sa.type_coerce(source.c.office_id, UUID)
    if wanted.login is not None:
        conditions = [*conditions, _may_do(part.roles, wanted.login)]
    first = (
        _keys(wanted, limit)
        .where(user_tasks.c.office_id == office_id, *conditions)
        .lateral("first")
    )
    return sa.select(first).select_from(source.join(first, sa.true()))


def _in_sight(wanted: Wanted) -> list[Condition]:
    sight, login = wanted.sight, wanted.login
    found: list[Condition] = []
    if not sight.is_everything:
        is_ours = user_tasks.c.office_id == sa.any_(array(sight.ids))
        # Few tasks are looked at: so said, no index of offices is read for them.
        found.append(is_ours.is_(sa.true()) if wanted.is_few else is_ours)
    if login is not None:
        found.append(sa.or_(sa.false(), *_ways(sight, login)))
    return found


def _ways(sight: Sight, login: str) -> Iterator[Condition]:
    for part in sight.parts:
        may = _may_do(part.roles, login)
        if len(sight.parts) == 1:
            yield may
        elif part.ids is None:
            is_elsewhere = user_tasks.c.office_id != sa.all_(array(sight.ids))
            yield sa.and_(is_elsewhere, may)
        else:
            yield sa.and_(user_tasks.c.office_id == sa.any_(array(part.ids)), may)


def _may_do(roles: frozenset[Role], login: str) -> Condition:
    """A candidate group is a role at the task's office; without any, all who work."""
    groups, named = user_tasks.c.candidate_groups, user_tasks.c.candidate_users
    ways = [
        groups.overlap(sorted(str(role) for role in roles)),
        named.contains([login]),
    ]
    if roles - {Role.APPLICANT}:
        ways.append(
            sa.and_(sa.func.cardinality(groups) == 0, sa.func.cardinality(named) == 0)
        )
    return sa.or_(*ways)


def array(ids: str) -> sa.ColumnElement[Any]:
    """Ids as `array_of` writes them, as an array."""
    return sa.literal(ids, Ids())


def _is_falling(part: sa.UnaryExpression[Any]) -> bool:
    return part.modifier is sa.sql.operators.desc_op
