"""Lists by page: a stable order, an opaque cursor, a total that stops at 10,000."""

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from workflows.model import InputRefused, Page

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TOTAL_CAP = 10_000
LIMIT_MAX = 200
NAMED = "by:"  # what the name of an order begins with, as the last of a cursor

Item = TypeVar("Item")
Value = TypeVar("Value", bound="DataclassInstance")


def page(
    tx: sa.Connection,
    query: sa.Select[Any],
    order: Sequence[sa.ColumnElement[Any]],
    make: Callable[[sa.Row[Any]], Item],
    limit: int,
    cursor: str | None,
) -> Page[Item]:
    """One page of `query` after `cursor`.

    `order` is a list of `column.asc()` or `.desc()`, the last one unique; where a
    column may be null, wrap it in coalesce first.
    """
    check_limit(limit)
    total = tx.scalar(
        sa.select(sa.func.count()).select_from(
            query.with_only_columns(sa.literal(1), maintain_column_froms=True)
            .limit(TOTAL_CAP + 1)
            .subquery()
        )
    )
    keys = [part.element for part in order]
    ordered = query.add_columns(
        *(key.label(f"_key{place}") for place, key in enumerate(keys))
    ).order_by(*order)
    if cursor:
        ordered = ordered.where(after(order, cursor))
    rows = checked(tx, ordered.limit(limit + 1))
    shown = rows[:limit]
    return Page(
        items=[make(row) for row in shown],
        next_cursor=_cursor(shown[-1], order) if len(rows) > limit else None,
        total=min(total or 0, TOTAL_CAP),
        total_is_capped=(total or 0) > TOTAL_CAP,
    )


def value(kind: type[Value], row: sa.Row[Any], **more: Any) -> Value:
    """A `kind` out of the columns that are called as its fields, and of `more`."""
    named = {
        name: row._mapping[name]
        for name in kind.__dataclass_fields__
        if name not in more
    }
    return kind(**named, **more)


def check_limit(limit: int) -> None:
    if not 1 <= limit <= LIMIT_MAX:
        raise InputRefused(field="limit", reason=f"between 1 and {LIMIT_MAX}")


def checked(tx: sa.Connection, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """The rows; InputRefused where the values of the cursor are of other types."""
    try:
        return tx.execute(query).all()
    except sa.exc.DataError as error:
        raise InputRefused(field="cursor", reason="not one of ours") from error


def after(order: Sequence[Any], cursor: str) -> sa.ColumnElement[bool]:
    """What comes after the cursor, as `later` says."""
    values = _decode(cursor, order)
    pairs = zip(values, order, strict=True)
    if not all(_fits(value, part.element) for value, part in pairs):
        raise InputRefused(field="cursor", reason="not one of ours")
    return later(order, values)


def later(order: Sequence[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """(a, b) > (x, y); spelt out where the columns have directions of their own."""
    keys = [part.element for part in order]
    bounds = [sa.cast(value, key.type) for value, key in zip(values, keys, strict=True)]
    falling = [part.modifier is sa.sql.operators.desc_op for part in order]
    if len(set(falling)) == 1:  # said so, an index begins to read at the very place
        ours, theirs = sa.tuple_(*keys), sa.tuple_(*bounds)
        return ours < theirs if falling[0] else ours > theirs
    clauses = []
    for place, (key, bound) in enumerate(zip(keys, bounds, strict=True)):
        step = key < bound if falling[place] else key > bound
        same = [k == b for k, b in zip(keys[:place], bounds[:place], strict=True)]
        clauses.append(sa.and_(*same, step))
    return sa.or_(*clauses)


def _fits(value: Any, key: sa.ColumnElement[Any]) -> bool:
    """Whether a column may be compared with it; a text may still not be one of its."""
    if isinstance(value, int):
        return not isinstance(key.type, sa.String | sa.DateTime | sa.Date | sa.Uuid)
    return value.isascii() or not any("\ud800" <= one <= "\udfff" for one in value)


def _cursor(row: sa.Row[Any], order: Sequence[Any]) -> str:
    return encode([getattr(row, f"_key{place}") for place in range(len(order))], order)


def encode(values: Sequence[Any], order: Sequence[Any]) -> str:
    """A cursor that stands after a row with these keys, in this order alone."""
    said = [
        value.isoformat()
        if isinstance(value, datetime)
        else value
        if isinstance(value, int | str)
        else str(value)
        for value in values
    ]
    text = json.dumps([*said, _name(order)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, order: Sequence[Any]) -> list[Any]:
    """The values that it was made of; cursors without a name are of older releases."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise InputRefused(field="cursor", reason="not one of ours") from error
    if not isinstance(values, list) or not all(
        isinstance(value, int | str) for value in values
    ):
        raise InputRefused(field="cursor", reason="not one of ours")
    if values and isinstance(values[-1], str) and values[-1].startswith(NAMED):
        if values.pop() != _name(order):
            reason = "of another list or another order: begin without it"
            raise InputRefused(field="cursor", reason=reason)
    if len(values) != len(order):
        raise InputRefused(field="cursor", reason="not one of ours")
    return values


def _name(order: Sequence[Any]) -> str:
    """One word for columns and directions, the same in every process."""
    falling = (part.modifier is sa.sql.operators.desc_op for part in order)
    ways = zip(falling, (_words(part.element) for part in order), strict=True)
    return f"{NAMED}{zlib.crc32(repr(list(ways)).encode()):08x}"


@lru_cache(maxsize=256)
def _words(key: sa.ColumnElement[Any]) -> str:
    return str(key)
