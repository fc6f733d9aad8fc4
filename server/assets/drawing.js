// Drawings that the server has painted: they follow the case, and grow and shrink.
//
// <div data-drawing data-steps-from="id of the element with data-steps">
// data-steps is JSON: {"steps": {"element id": "done" | "active" | "failed"},
// "chosen": {"element id": [flow ids]} where the drawing left a choice}.

const STEP = 1.3;
const LARGEST = 4;

function mark(place, { steps, chosen }) {
  for (const element of place.querySelectorAll("[data-element-id]")) {
    const { elementId, from, to } = element.dataset;
    if (from === undefined) {
      const state = steps[elementId];
      element.setAttribute("class", state ? `step-${state}` : "");
      continue;
    }
    // A way is gone when both its ends were reached, if it was taken at a choice.
    const isReached = steps[from] === "done" && steps[to] !== undefined;
    const isGone = isReached && (chosen[from]?.includes(elementId) ?? true);
    element.setAttribute("class", isGone ? "way-gone" : "");
  }
}

function follow(place) {
  const source = document.getElementById(place.dataset.stepsFrom ?? "");
  if (source) {
    mark(place, JSON.parse(source.dataset.steps));
  }
}

// What is wider than its frame begins where the case stands.
function bringIntoView(place) {
  const now = place.querySelector(".step-failed, .step-active");
  if (now && place.scrollWidth > place.clientWidth) {
    const box = now.getBoundingClientRect();
    const frame = place.getBoundingClientRect();
    place.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
    place.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
  }
}

function zoom(place, act) {
  for (const drawing of place.querySelectorAll(".r-drawing")) {
    const factor = act === "in" ? STEP : 1 / STEP;
    const width = drawing.clientWidth * factor;
    const most = drawing.viewBox.baseVal.width * LARGEST;
    const isWhole = act === "fit";
    const sheet = drawing.parentElement;
    sheet.classList.toggle("r-diagram__sheet--sized", true);
    drawing.style.width = `${isWhole ? place.clientWidth : Math.min(width, most)}px`;
  }
}

for (const place of document.querySelectorAll("[data-drawing]")) {
  const tools = place.parentElement.querySelector(".r-diagram-tools");
  tools?.removeAttribute("hidden");
  tools?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) {
      zoom(place, button.dataset.zoom);
    }
  });
  document.body.addEventListener("htmx:afterSettle", () => follow(place));
  // A drawing in a closed tab has no size: look at it when it gets one.
  new ResizeObserver(() => bringIntoView(place)).observe(place);
}
