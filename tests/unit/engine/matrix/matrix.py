"""All chapters, in the order of the document."""

from .cases_flows import FLOWS, GATEWAYS
from .cases_tasks import TASKS

GROUPS = (TASKS, FLOWS, GATEWAYS)


def rows():
    """(id, group, element, case) of every case; the id is its own."""
    from .case import slug

    for group in GROUPS:
        for element in group.elements:
            for case in element.cases:
                yield slug(group.title, element.name, case.variant), group, element, case
