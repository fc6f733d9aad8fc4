"""All chapters, in the order of the document."""

from . import (  # noqa: F401  # imported for what they add to chapters of others
    cases_boundary_together,
    cases_compensated,
    cases_event_subs_together,
    cases_loops,
    cases_mixed_scopes,
    cases_scripts,
)
from .case import slug
from .cases_boundary import BOUNDARY
from .cases_calls import CALLS
from .cases_compensation import COMPENSATION
from .cases_ends import ENDS, SCOPES
from .cases_errors import ERRORS
from .cases_escalations import ESCALATIONS
from .cases_event_subs import SUBS
from .cases_events import CAUGHT
from .cases_flows import FLOWS
from .cases_gateways import GATEWAYS
from .cases_inclusive import INCLUSIVE
from .cases_mixed import MIXED
from .cases_named import NAMES
from .cases_pools import DATA, POOLS
from .cases_races import RACES
from .cases_repetition import REPEATED
from .cases_starts import STARTS
from .cases_tasks import TASKS
from .cases_throws import THROWN

GROUPS = (
    TASKS,
    FLOWS,
    GATEWAYS,
    INCLUSIVE,
    RACES,
    STARTS,
    CAUGHT,
    THROWN,
    NAMES,
    BOUNDARY,
    ENDS,
    ERRORS,
    ESCALATIONS,
    SCOPES,
    SUBS,
    REPEATED,
    COMPENSATION,
    CALLS,
    MIXED,
    DATA,
    POOLS,
)


def rows():
    """(id, group, element, case) of every case; the id is its own."""
    for group in GROUPS:
        for element in group.elements:
            for case in element.cases:
                yield (
                    slug(group.title, element.name, case.variant),
                    group,
                    element,
                    case,
                )
