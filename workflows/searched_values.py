"""The search variables of cases, for a list that shows them as columns."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from workflows import engine, search_terms
from workflows.store.packing import saved_of
from workflows.store.tables import process_instances


def of_cases(
    tx: sa.Connection, instance_ids: Collection[uuid.UUID], paths: Collection[str]
) -> dict[uuid.UUID, Mapping[str, Any]]:
    """FEEL values by case and path; None where a case has none.

    Of cases that the caller was shown: nothing is asked about rights here.
    """
    rows = tx.execute(
        sa.select(
            process_instances.c.id,
            process_instances.c.saved,
            process_instances.c.packed,
        ).where(process_instances.c.id.in_(instance_ids))
    )
    found: dict[uuid.UUID, Mapping[str, Any]] = {}
    for row in rows:
        variables = engine.saved_variables(saved_of(row))
        found[row.id] = {path: search_terms.at(variables, path) for path in paths}
    return found
