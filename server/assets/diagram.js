// A procedure's diagram, to look at; on a case it shows the way gone and follows it.
//
// <div data-diagram="URL of the BPMN" data-steps-from="id of the element with data-steps">
// data-steps is JSON: {"steps": {"element id": "done" | "active" | "failed"},
// "chosen": {"element id": [flow ids]} where the drawing left a choice}.
//
// <div data-diagram data-drawing-from="id of the element whose text is the BPMN"
//      data-findings='{"element id": "error" | "warning"}'>
// An element with data-shows="element id" brings that element into view.

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

const SMALLEST_SCALE = 0.5;
const STATES = ["done", "active", "failed"];
const SHAPE = /<([\w-]+:)?BPMNShape\b/;

function stepsOf(place) {
  const source = document.getElementById(place.dataset.stepsFrom ?? "");
  return source ? JSON.parse(source.dataset.steps) : { steps: {}, chosen: {} };
}

function mark(viewer, { steps, chosen }) {
  const canvas = viewer.get("canvas");
  viewer.get("elementRegistry").forEach((element) => {
    if (element.labelTarget || !element.businessObject) {
      return;
    }
    for (const state of STATES) {
      const marker = `step-${state}`;
      const isSo = steps[element.id] === state;
      if (isSo !== canvas.hasMarker(element, marker)) {
        canvas.toggleMarker(element, marker);
      }
    }
    markWay(canvas, element, steps, chosen);
  });
}

// A flow is gone when both its ends were reached, and it was taken if there was a choice.
function markWay(canvas, element, steps, chosen) {
  if (!element.waypoints) {
    return;
  }
  const from = element.source?.id;
  const isReached = steps[from] === "done" && steps[element.target?.id] !== undefined;
  const isGone = isReached && (chosen[from]?.includes(element.id) ?? true);
  if (isGone !== canvas.hasMarker(element, "way-gone")) {
    canvas.toggleMarker(element, "way-gone");
  }
}

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

// The whole drawing with a margin; on a phone large enough to read, around where the
// case stands, else from its left end.
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
  const now = standsAt(viewer);
  if (now && width < inner.width) {
    const [middleX, middleY] = [now.x + now.width / 2, now.y + now.height / 2];
    canvas.viewbox({ x: middleX - width / 2, y: middleY - height / 2, width, height });
    return;
  }
  canvas.viewbox({ x, y, width, height });
}

function standsAt(viewer) {
  const canvas = viewer.get("canvas");
  const isNow = (element) =>
    !element.waypoints &&
    ["step-failed", "step-active"].some((marker) => canvas.hasMarker(element, marker));
  return viewer.get("elementRegistry").filter(isNow).at(-1);
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

async function drawingOf(place) {
  if (place.dataset.drawingFrom) {
    return document.getElementById(place.dataset.drawingFrom).textContent;
  }
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) {
    throw new Error(`the drawing was not given: ${answer.status}`);
  }
  return answer.text();
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

async function show(place) {
  try {
    await draw(place, await withPlaces(await drawingOf(place)));
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
  mark(viewer, stepsOf(place));
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
  document.body.addEventListener("htmx:afterSettle", () => {
    mark(viewer, stepsOf(place));
  });
}

for (const place of document.querySelectorAll("[data-diagram]")) {
  show(place);
}
