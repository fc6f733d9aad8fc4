"""Pictures of the drawings, made by bpmn-js in Chromium, small and without names."""

import hashlib
import os
import shutil
from pathlib import Path

from lxml import etree

from server.diagrams.layout import Layout, Sizes, is_node
from workflows.engine.documents import BPMN

from .play import KEY, xml_of
from .svg import INK, PAPER, shrunk

ROOT = Path(__file__).resolve().parents[4]
VIEWER = ROOT / "node_modules/bpmn-js/dist/bpmn-viewer.production.min.js"
WRONG = "#c02b1d"
SMALL = Sizes(task=(76, 52), gateway=(44, 44), gap_x=26, gap_y=32, pad=16, head=0)
SEEN = ("isForCompensation", "triggeredByEvent", "cancelActivity", "isInterrupting")
SEEN += ("attachedToRef", "sourceRef", "targetRef", "default", "isSequential")
SEEN += ("eventGatewayType", "instantiate", "parallelMultiple")
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" id="d" '
    'targetNamespace="t">'
)
DRAWN = frozenset(
    BPMN + name
    for name in (
        "multiInstanceLoopCharacteristics",
        "conditionExpression",
        "standardLoopCharacteristics",
    )
)


def picture_of(case):
    """What bpmn-js is to draw: the visible part of a drawing, with its places.

    None where there is nothing to see of it. A refused element is marked.
    """
    root = etree.fromstring(xml_of(case), etree.XMLParser(recover=True))
    process = next(one for one in root.iter(BPMN + "process") if one.get("id") == KEY)
    at = getattr(case, "at", None) or ""
    for node in filter(is_node, process.iter(f"{BPMN}*")):
        node.set("id", node.get("id", ""))  # what is refused may have none
    layout = Layout(process, SMALL)
    # Ids of its own, so that drawings that look alike share a picture.
    drawn = {
        one: f"n{number}" for number, one in enumerate([*layout.shapes, *layout.edges])
    }
    if hasattr(case, "rule") and at not in drawn:
        return None
    seen = _seen(process, drawn)
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{drawn[node_id]}" isExpanded="true" '
        f'isMarkerVisible="true"{_marked(node_id == at)}>'
        f'<dc:Bounds x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"/>'
        "</bpmndi:BPMNShape>"
        for node_id, (x, y, w, h) in layout.shapes.items()
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge bpmnElement="{drawn[edge_id]}"'
        f"{_marked(edge_id == at)}>"
        + "".join(f'<di:waypoint x="{x:g}" y="{y:g}"/>' for x, y in points)
        + "</bpmndi:BPMNEdge>"
        for edge_id, points in layout.edges.items()
    )
    xml = (
        f'{HEAD}{seen}<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" '
        f'bpmnElement="{KEY}">{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        "</bpmn:definitions>"
    )
    return xml, (layout.width, layout.height)


def _marked(is_wrong):
    return f' bioc:stroke="{WRONG}"' if is_wrong else ""


def _seen(process, drawn):
    """The process without all that is not to be seen: names, texts, extensions."""

    def copy(node):
        name = str(node.tag).removeprefix(BPMN)
        own = drawn.get(node.get("id"))
        attributes = f' id="{own}"' if own else ""
        attributes += "".join(
            f' {key}="{drawn.get(node.get(key), node.get(key))}"'
            for key in SEEN
            if node.get(key) is not None
        )
        return f"<bpmn:{name}{attributes}>{inside(node)}</bpmn:{name}>"

    def inside(node):
        return "".join(copy(child) for child in node if shown(child))

    def shown(node):
        if is_node(node) or node.tag in (BPMN + "sequenceFlow", BPMN + "association"):
            return node.get("id") in drawn
        is_definition = str(node.tag).endswith("EventDefinition")
        return node.tag in DRAWN or is_definition

    return f'<bpmn:process id="{KEY}">{inside(process)}</bpmn:process>'


def hash_of(picture):
    return hashlib.sha256(picture.encode()).hexdigest()[:16]


# Drawing ------------------------------------------------------------------------------


def paint(pictures):
    """SVG texts of `{name: (xml, size)}`, drawn in one Chromium."""
    from playwright.sync_api import sync_playwright

    names = (os.environ.get("RASIM_CHROMIUM") or "chromium", "chromium-browser")
    chromium = next(filter(None, map(shutil.which, (*names, "google-chrome"))))
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=options)
        page = browser.new_page()
        page.set_content('<div id="c" style="width:900px;height:600px"></div>')
        page.add_script_tag(path=VIEWER)
        page.evaluate(
            """([ink, paper]) => { window.viewer = new BpmnJS({container: "#c",
            bpmnRenderer: {defaultStrokeColor: ink, defaultFillColor: paper}}) }""",
            [INK, PAPER],
        )
        made = {}
        for name, (xml, size) in pictures.items():
            drawn = page.evaluate(
                """async xml => { await viewer.importXML(xml);
                return (await viewer.saveSVG()).svg }""",
                xml,
            )
            made[name] = shrunk(drawn, size, hash_of(xml))
        browser.close()
    return made
