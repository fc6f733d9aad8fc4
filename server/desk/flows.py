"""What the arrows of a drawing say, so that history can tell which way was taken."""

import threading
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from lxml import etree

from workflows import deployments
from workflows.released import Released

Names = Mapping[str, Mapping[str, str]]  # flow id -> language -> what the arrow says

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROPERTY = "{http://camunda.org/schema/zeebe/1.0}property"

_kept: dict[uuid.UUID, Names] = {}  # a version never changes
_lock = threading.Lock()


def names(tx: sa.Connection, released: Released) -> Names:
    """What the sequence flows of a version say; those without words are left out."""
    found = _kept.get(released.version_id)
    if found is None:
        key, version = released.definition.key, released.version
        found = read(deployments.definition(tx, key, version).source)
        with _lock:
            _kept[released.version_id] = found
    return found


def read(drawing: bytes) -> Names:
    """Names by flow id: the Kazakh one as drawn, others from `title.<language>`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(drawing, parser)
    return {
        str(flow.get("id")): {"kk": str(flow.get("name")), **_titles(flow)}
        for flow in root.iter(f"{BPMN}sequenceFlow")
        if flow.get("name")
    }


def _titles(flow: etree._Element) -> dict[str, str]:
    said = ((one.get("name", ""), one.get("value")) for one in flow.iter(PROPERTY))
    return {
        name.removeprefix("title."): str(value)
        for name, value in said
        if name.startswith("title.") and value
    }
