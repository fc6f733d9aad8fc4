// A drawing that a designer has, with bpmn-js: it may be wrong, or without any places.
//
// <div data-diagram data-drawing-from="id of the element whose text is the BPMN"
//      data-findings='{"element id": "error" | "warning"}'>
// An element with data-shows="element id" brings that element into view.

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./viewer.scss";

const SMALLEST_SCALE = 0.5;
const SHAPE = /<([\w-]+:)?BPMNShape\b/;

// The drawing is Kazakh; other languages are its elements' properties `title.<locale>`.
function inLanguage(xml, locale) {
  if (locale === "kk") {
    return xml;
  }
  const drawing = new DOMParser().parseFromString(xml, "application/xml");
  for (const property of drawing.getElementsByTagNameNS("*", "property")) {
    const owner = property.parentElement?.parentElement?.parentElement;
    if (property.getAttribute("name") === `title.${locale}` && owner) {
      owner.setAttribute("name", property.getAttribute("value"));
    }
  }
  return new XMLSerializer().serializeToString(drawing);
}

// The whole drawing with a margin; on a phone large enough to read, from its left end.
function fit(viewer) {
  const canvas = viewer.get("canvas");
  const { inner, outer } = canvas.viewbox();
  const whole = Math.min(outer.width / inner.width, outer.height / inner.height);
  const scale = Math.max(Math.min(whole * 0.96, 1), SMALLEST_SCALE);
  const width = outer.width / scale;
  const height = outer.height / scale;
  const spare = (size, used) => Math.max((size - used) / 2, 16);
  const x = inner.x - spare(width, inner.width);
  const y = inner.y - spare(height, inner.height);
  canvas.viewbox({ x, y, width, height });
}

function addTools(place, viewer) {
  const acts = {
    in: () => viewer.get("zoomScroll").stepZoom(1),
    out: () => viewer.get("zoomScroll").stepZoom(-1),
    fit: () => fit(viewer),
  };
  const tools = place.parentElement.querySelector(".r-diagram-tools");
  tools?.removeAttribute("hidden");
  tools?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) {
      acts[button.dataset.zoom]();
    }
  });
}

function markFindings(viewer, findings) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [id, severity] of Object.entries(findings)) {
    if (registry.get(id)) {
      canvas.addMarker(id, `finding-${severity}`);
    }
  }
}

function bringIntoView(viewer, id) {
  const element = viewer.get("elementRegistry").get(id);
  if (element) {
    viewer.get("canvas").scrollToElement(element, 80);
    viewer.get("selection").select(element);
  }
}

// What a program wrote has no places for its shapes.
async function withPlaces(xml) {
  if (SHAPE.test(xml)) {
    return xml;
  }
  const { layoutProcess } = await import("bpmn-auto-layout");
  return layoutProcess(withFlowsAtNodes(xml));
}

// The layout follows <incoming> and <outgoing>, which a drawing may leave out.
function withFlowsAtNodes(xml) {
  const drawing = new DOMParser().parseFromString(xml, "application/xml");
  const nodes = new Map(
    [...drawing.getElementsByTagNameNS("*", "*")]
      .filter((node) => node.hasAttribute("id"))
      .map((node) => [node.getAttribute("id"), node]),
  );
  for (const flow of drawing.getElementsByTagNameNS("*", "sequenceFlow")) {
    for (const [end, name] of [["sourceRef", "outgoing"], ["targetRef", "incoming"]]) {
      const node = nodes.get(flow.getAttribute(end));
      const id = flow.getAttribute("id");
      const isTold = [...(node?.children ?? [])].some(
        (child) => child.localName === name && child.textContent.trim() === id,
      );
      if (node && !isTold) {
        const told = drawing.createElementNS(flow.namespaceURI, name);
        told.textContent = id;
        node.prepend(told);
      }
    }
  }
  return new XMLSerializer().serializeToString(drawing);
}

function drawingOf(place) {
  return document.getElementById(place.dataset.drawingFrom).textContent;
}

async function show(place) {
  try {
    await draw(place, await withPlaces(drawingOf(place)));
  } catch (fault) {
    console.error(fault);
    place.querySelector("[data-diagram-fault]")?.removeAttribute("hidden");
  }
}

async function draw(place, xml) {
  const viewer = new NavigatedViewer({
    container: place,
    // A page that is scrolled past a diagram must not be caught by it.
    zoomScroll: { enabled: false },
  });
  await viewer.importXML(inLanguage(xml, place.dataset.locale));
  markFindings(viewer, JSON.parse(place.dataset.findings ?? "{}"));
  // A diagram in a closed tab has no size: fit it when it gets one.
  new ResizeObserver(() => {
    viewer.get("canvas").resized();
    if (place.clientWidth > 0) {
      fit(viewer);
    }
  }).observe(place);
  addTools(place, viewer);
  for (const link of document.querySelectorAll("[data-shows]")) {
    link.addEventListener("click", () => bringIntoView(viewer, link.dataset.shows));
  }
}

for (const place of document.querySelectorAll("[data-diagram]")) {
  show(place);
}
