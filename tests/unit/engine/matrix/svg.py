"""Makes the SVG of bpmn-js small: no styles twice, no hit areas, no long numbers."""

import re
from collections import Counter

from lxml import etree

INK, PAPER = "#3d4852", "#ffffff"
SVG = "{http://www.w3.org/2000/svg}"
LONG = 60  # characters that are worth a reference
SHOWN_AT = 0.6  # of the size in which bpmn-js draws
AT_ZERO = {("x", "0"), ("y", "0")}
COMMON = {
    "stroke": INK,
    "stroke-width": "2",
    "fill": PAPER,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
KEPT = (*COMMON, "stroke-dasharray", "marker-end", "marker-start", "marker-mid")
PLACES = ("d", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r", "points")
PLACES += ("viewBox", "refX", "refY", "markerWidth", "markerHeight", "orient", "id")


def shrunk(svg, size, drawing):
    """What bpmn-js has drawn, on paper of its own, without what only it needs."""
    root = etree.fromstring(svg.encode())
    markers = _shared_markers(root)
    body = "".join(_text(child, COMMON, markers) for child in root)
    defs = "".join(
        f'<marker id="{name}"{rest}' for rest, name in markers["texts"].items()
    )
    body, repeated = _once(body)
    defs += repeated
    width, height = size
    common = "".join(f' {key}="{value}"' for key, value in COMMON.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * SHOWN_AT:.0f}" '
        f'height="{height * SHOWN_AT:.0f}" viewBox="0 0 {width:g} {height:g}">'
        f"<!-- drawing: {drawing} -->"
        f'<rect width="{width:g}" height="{height:g}" rx="6" fill="{PAPER}"/>'
        f"<g{common}>{f'<defs>{defs}</defs>' if defs else ''}{body}</g></svg>\n"
    )


def _once(body):
    """What is drawn several times is written once; the body, and what it uses."""
    shapes = Counter(re.findall(r"<g transform=[^>]*>((?:(?!</?g).)+)</g>", body))
    often = [one for one, times in shapes.items() if times > 1 and len(one) > LONG]
    for number, shape in enumerate(often):
        body = body.replace(f">{shape}</g>", f'><use href="#i{number}"/></g>')
    return body, "".join(f'<g id="i{n}">{one}</g>' for n, one in enumerate(often))


def _shared_markers(root):
    """Markers that are alike become one: id -> short name, text -> short name."""
    names, texts = {}, {}
    for marker in root.iter(SVG + "marker"):
        text = _text(marker, COMMON, {"names": {}}).partition(">")
        rest = re.sub(r' id="[^"]*"', "", text[0]).removeprefix("<marker") + ">"
        name = texts.setdefault(rest + text[2], f"m{len(texts)}")
        names[marker.get("id")] = name
    return {"names": names, "texts": texts}


def _text(node, around, markers):
    """The element and what is in it, as text; empty where there is nothing to see."""
    name = str(node.tag).removeprefix(SVG)
    if name in ("defs", "text") or "djs-hit" in (node.get("class") or ""):
        return ""
    found = {key: _rounded(node.get(key)) for key in PLACES if node.get(key)}
    found = {key: one for key, one in found.items() if (key, one) not in AT_ZERO}
    if name != "g":
        found |= _looks(node, around, markers)
    if node.get("transform"):
        found |= _moved(node.get("transform"))
    inside = "".join(_text(child, around, markers) for child in node)
    if name == "g" and (not inside or not found):
        return inside
    attributes = "".join(f' {key}="{value}"' for key, value in found.items())
    return (
        f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"
    )


def _moved(transform):
    moved = re.fullmatch(r"matrix\(1 0 0 1 (\S+) (\S+)\)", transform)
    if moved is None:
        return {"transform": _rounded(transform)}
    x, y = map(_rounded, moved.groups())
    return {} if (x, y) == ("0", "0") else {"transform": f"translate({x} {y})"}


def _looks(node, around, markers):
    """What it looks like, as far as that differs from all around it."""
    looks = dict(
        one.strip().split(": ", 1)
        for one in (node.get("style") or "").split(";")
        if ": " in one
    )
    found = {key: _look(looks[key], markers) for key in KEPT if looks.get(key)}
    if looks.get("fill-opacity") == "0":
        found["fill"] = "none"
    return {key: one for key, one in found.items() if around.get(key) != one}


def _look(value, markers):
    color = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", value)
    if color:
        return "#" + "".join(f"{int(part):02x}" for part in color.groups())
    marker = re.fullmatch(r"url\([\"']?#([^\"')]+)[\"']?\)", value)
    if marker:
        return f"url(#{markers['names'].get(marker.group(1), marker.group(1))})"
    value = {"white": PAPER, "black": INK}.get(value, value)
    return _rounded(value.replace("px", ""))


def _rounded(text):
    return re.sub(
        r"-?\d*\.\d+(?:e-?\d+)?",
        lambda m: f"{float(m[0]):.1f}".rstrip("0").rstrip("."),
        text,
    )
