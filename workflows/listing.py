"""Lists by page: a stable order, an opaque cursor, a total that stops at 10,000."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from workflows.model import InputRefused, Page

TOTAL_CAP = 10_000
LIMIT_MAX = 200

Item = TypeVar("Item")


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
    if not 1 <= limit <= LIMIT_MAX:
        raise InputRefused(field="limit", reason=f"between 1 and {LIMIT_MAX}")
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
        ordered = ordered.where(_after(order, keys, _decode(cursor, len(keys))))
    try:
        rows = tx.execute(ordered.limit(limit + 1)).all()
    except sa.exc.DataError as error:  # the cursor's values are of other types
        raise InputRefused(field="cursor", reason="not one of ours") from error
    shown = rows[:limit]
    return Page(
        items=[make(row) for row in shown],
        next_cursor=_encode(shown[-1], len(keys)) if len(rows) > limit else None,
        total=min(total or 0, TOTAL_CAP),
        total_is_capped=(total or 0) > TOTAL_CAP,
    )


def _after(
    order: Sequence[Any], keys: Sequence[Any], values: Sequence[Any]
) -> sa.ColumnElement[bool]:
    """(a, b) > (x, y), spelt out because each column has its own direction."""
    clauses = []
    for place, (part, key) in enumerate(zip(order, keys, strict=True)):
        bound = sa.cast(values[place], key.type)
        falling = part.modifier is sa.sql.operators.desc_op
        step = key < bound if falling else key > bound
        same = [
            k == sa.cast(v, k.type)
            for k, v in zip(keys[:place], values[:place], strict=True)
        ]
        clauses.append(sa.and_(*same, step))
    return sa.or_(*clauses)


def _encode(row: sa.Row[Any], size: int) -> str:
    values = [getattr(row, f"_key{place}") for place in range(size)]
    said = [
        value.isoformat()
        if isinstance(value, datetime)
        else value
        if isinstance(value, int | str)
        else str(value)
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _decode(cursor: str, size: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise InputRefused(field="cursor", reason="not one of ours") from error
    if (
        not isinstance(values, list)
        or len(values) != size
        or not all(isinstance(value, int | str) for value in values)
    ):
        raise InputRefused(field="cursor", reason="not one of ours")
    return values
