"""Drawings as XML: what every reader of them shares."""

from lxml import etree

from workflows.engine.errors import DrawingRefused
from workflows.safe_xml import XmlRefused, open_xml, parse_xml

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"

parse_document = parse_xml


def open_document(xml: bytes, file: str) -> etree._Element:
    """The root element of a drawing; DrawingRefused when it is malformed or unsafe."""
    try:
        return open_xml(xml, file)
    except XmlRefused as error:
        raise DrawingRefused(file, [error.finding]) from error
