"""Drawings as the server paints them: every element, its name, and the way gone."""

import gzip
import re
from pathlib import Path

import pytest
from lxml import etree

from server.diagrams.lettering import CUT, beside, fitted, width_of
from server.diagrams.painting import Marks, painted
from server.diagrams.reading import NoDrawing, read

ROOT = Path(__file__).resolve().parents[3]
ADMISSION = ROOT / "bpmn/first_grade_admission/first_grade_admission.bpmn"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
)


def drawing(process, shapes="", edges=""):
    """A file of one process; `shapes` are (id, x, y, width, height, attributes)."""
    placed = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{id_}" {rest}><dc:Bounds x="{x}" y="{y}" '
        f'width="{w}" height="{h}"/></bpmndi:BPMNShape>'
        for id_, x, y, w, h, rest in shapes
    )
    plane = f'<bpmndi:BPMNPlane bpmnElement="p">{placed}{edges}</bpmndi:BPMNPlane>'
    diagram = f"<bpmndi:BPMNDiagram>{plane}</bpmndi:BPMNDiagram>"
    return f'{HEAD}<process id="p">{process}</process>{diagram}</definitions>'.encode()


def svg_of(source, locale="kk", **marks):
    """The first sheet, parsed."""
    both = str(painted(read(source)[0], locale, Marks(**marks)))
    return etree.fromstring(f"<both>{both}</both>")[1]


def element(svg, id_):
    [found] = svg.xpath(f'.//g[@data-element-id="{id_}"]')
    return found


def words(node):
    return " ".join("".join(node.itertext()).split())


def lines_of(node):
    return [line.text for line in node.iter("tspan")]


@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("kk", "Қабылдау туралы шешім шығару"),
        ("ru", "Принять решение о приёме"),
        ("en", "Decide on the admission"),
    ],
)
def test_the_drawing_speaks_the_readers_language(locale, name):
    svg = svg_of(ADMISSION.read_bytes(), locale)

    assert " ".join(lines_of(element(svg, "decide"))) == name


def test_every_element_of_the_drawing_is_there():
    source = ADMISSION.read_bytes()
    placed = {
        node.get("bpmnElement")
        for node in etree.fromstring(source).iter("{*}BPMNShape", "{*}BPMNEdge")
    }
    svg = svg_of(source)

    shown = {node.get("data-element-id") for node in svg.iter("g")}
    lanes_without_names = {each for each in placed if each.startswith("lane")}
    assert placed - shown <= lanes_without_names
    assert len(shown) > 40


def test_how_far_a_case_went_is_marked():
    svg = svg_of(
        ADMISSION.read_bytes(),
        steps={
            "application_filed": "done",
            "find_preschool": "done",
            "own_class": "done",
            "checks_fork": "done",
            "enrol": "done",
            "decide": "active",
            "check_health": "failed",
        },
        chosen={"own_class": ["flow_general"]},
    )
    told = {node.get("data-element-id"): node.get("class") for node in svg.iter("g")}

    assert told["find_preschool"] == "step-done"
    assert told["decide"] == "step-active"
    assert told["check_health"] == "step-failed"
    assert told["tell_refused"] is None
    assert told["flow_filed"] == "way-gone"
    assert told["flow_general"] == "way-gone"
    assert told["flow_own_class"] is None  # both ends were reached, but another way


EVENT = "<{}EventDefinition/>"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        *map(EVENT.format, ("message", "timer", "error", "escalation", "signal")),
        *map(EVENT.format, ("compensate", "conditional", "link", "cancel")),
        EVENT.format("message") + EVENT.format("timer"),
        EVENT.format("terminate"),
    ],
)
@pytest.mark.parametrize("kind", ["startEvent", "endEvent", "intermediateCatchEvent"])
def test_each_event_has_a_sign_of_its_own(kind, inner):
    def sign(what):
        source = drawing(f'<{kind} id="e">{what}</{kind}>', [("e", 0, 0, 36, 36, "")])
        return etree.tostring(element(svg_of(source), "e"))

    others = ["", EVENT.format("message"), EVENT.format("timer")]
    assert all(sign(inner) != sign(other) for other in others if other != inner)


@pytest.mark.parametrize(
    "kind",
    [
        *("userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask"),
        *("businessRuleTask", "manualTask", "callActivity", "transaction"),
        *("exclusiveGateway", "parallelGateway", "inclusiveGateway"),
        *("eventBasedGateway", "complexGateway", "dataObjectReference"),
        *("dataStoreReference", "dataInput", "dataOutput", "adHocSubProcess"),
    ],
)
def test_each_kind_looks_like_itself(kind):
    place = [("it", 0, 0, 50, 50, 'isMarkerVisible="true"')]
    own = svg_of(drawing(f'<{kind} id="it"/>', place))
    plain = svg_of(drawing('<task id="it"/>', place))

    assert etree.tostring(element(own, "it")) != etree.tostring(element(plain, "it"))


@pytest.mark.parametrize(
    "marker",
    [
        "<standardLoopCharacteristics/>",
        "<multiInstanceLoopCharacteristics/>",
        '<multiInstanceLoopCharacteristics isSequential="true"/>',
    ],
)
def test_repetition_is_marked(marker):
    place = [("it", 0, 0, 100, 80, "")]
    once = svg_of(drawing('<task id="it"/>', place))
    often = svg_of(drawing(f'<task id="it">{marker}</task>', place))

    assert len(list(often.iter("path"))) == len(list(once.iter("path"))) + 1


def test_what_is_inside_a_folded_sub_process_is_a_sheet_of_its_own():
    inner = drawing(
        '<subProcess id="sub" name="Тексеру"><task id="t" name="Ішінде"/></subProcess>',
        [("sub", 0, 0, 100, 80, 'isExpanded="false"'), ("t", 10, 10, 50, 40, "")],
    )
    second = (
        '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="sub">'
        '<bpmndi:BPMNShape bpmnElement="t"><dc:Bounds x="0" y="0" width="100" '
        'height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )
    sheets = read(inner.replace(b"</definitions>", f"{second}</definitions>".encode()))

    assert [one.element.id for one in sheets[0].shapes] == ["sub"]
    assert [one.element.id for one in sheets[1].shapes] == ["t"]
    assert sheets[1].of.names == {"kk": "Тексеру"}


def test_names_are_text_and_never_markup():
    name = "&lt;script&gt;alert(1)&lt;/script&gt; &quot; onload=&quot;x"
    source = drawing(f'<task id="it" name="{name}"/>', [("it", 0, 0, 300, 80, "")])

    svg = svg_of(source)

    assert not list(svg.iter("script"))
    assert "<script>" in words(element(svg, "it"))
    assert all("onload" not in node.attrib for node in svg.iter())


def test_entities_of_a_file_are_not_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("850101300123")
    source = drawing('<task id="it"><documentation>&x;</documentation></task>')
    head = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()

    assert "850101300123" not in str(painted(read(head + source)[0], "kk", Marks()))


@pytest.mark.parametrize(
    "source", [b"", b"<a", b"PK\x03\x04", drawing(""), drawing("", [])]
)
def test_where_there_is_nothing_to_see_that_is_said(source):
    with pytest.raises(NoDrawing):
        read(source)


def test_a_drawing_without_places_is_laid_out_from_left_to_right():
    chain = "".join(f'<task id="t{n}" name="{n}"/>' for n in range(1200))
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
        for n in range(1199)
    )
    [sheet] = read(
        f'{HEAD}<process id="p">{chain}{flows}</process></definitions>'.encode()
    )

    places = [one.box.x for one in sheet.shapes]
    assert places == sorted(places)
    assert len(sheet.lines) == 1199


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_keep_to_their_width_and_lose_nothing(width):
    text = "Өкілеттігі расталмаған заңды өкілдің non-interrupting өтінішін қарау"

    told = beside(text, (width,), 0)

    assert all(width_of(line, told.size) <= width for line in told.lines)
    joined = "".join(told.lines).replace("-", "").replace(" ", "")
    assert joined == text.replace(" ", "").replace("-", "")


def test_what_does_not_fit_is_cut_and_told_whole():
    name = "Өтініш берушінің құжаттарын қабылдау " * 8
    told = fitted(name, 100, 60)
    source = drawing(f'<task id="it" name="{name}"/>', [("it", 0, 0, 100, 60, "")])

    assert told.is_cut
    assert told.height <= 60
    assert told.lines[-1].endswith(CUT)
    assert element(svg_of(source), "it").findtext("title") == name


def test_a_drawing_weighs_less_than_a_tenth_of_the_page_budget():
    svg = str(painted(read(ADMISSION.read_bytes())[0], "ru", Marks()))

    assert len(gzip.compress(svg.encode())) < 7_000
    assert not re.search(r'\sstyle="|\son\w+="', svg)  # the policy forbids them
