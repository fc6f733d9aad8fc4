// A switch of language keeps what was typed: it waits in this tab until the page is back.
// (A task's form goes to the server with the switch, as a draft, and needs no script.)

const KEY = "rasim-typed";
const KEPT = "form :is(input, select, textarea)[name]";
const NEVER = ["hidden", "password", "file", "submit", "button"];

function controls() {
  const all = [...document.querySelectorAll(KEPT)];
  return all.filter((control) => !NEVER.includes(control.type));
}

// Which control of its name on the page it is: radios share theirs.
function keyed() {
  const seen = new Map();
  return controls().map((control) => {
    const number = seen.get(control.name) ?? 0;
    seen.set(control.name, number + 1);
    return [`${control.name} ${number}`, control];
  });
}

function stateOf(control) {
  if (control instanceof HTMLSelectElement) {
    return [...control.options].map((option) => option.selected);
  }
  const isTicked = ["checkbox", "radio"].includes(control.type);
  return isTicked ? control.checked : control.value;
}

function isChanged(control) {
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    return options.some((option) => option.selected !== option.defaultSelected);
  }
  const isTicked = ["checkbox", "radio"].includes(control.type);
  return isTicked
    ? control.checked !== control.defaultChecked
    : control.value !== control.defaultValue;
}

function setState(control, state) {
  if (control instanceof HTMLSelectElement) {
    [...control.options].forEach((option, place) => {
      option.selected = state[place] ?? option.selected;
    });
  } else if (typeof state === "boolean") {
    control.checked = state;
  } else {
    control.value = state;
  }
}

function keep() {
  const typed = keyed().filter(([, control]) => isChanged(control));
  if (typed.length > 0) {
    const states = typed.map(([key, control]) => [key, stateOf(control)]);
    const kept = { path: location.pathname, states };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  }
}

function bringBack() {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (kept === null) {
    return;
  }
  const { path, states } = JSON.parse(kept);
  const typed = new Map(states);
  for (const [key, control] of path === location.pathname ? keyed() : []) {
    if (typed.has(key)) {
      setState(control, typed.get(key));
    }
  }
}

// Before the parts of the design system come alive: they show what is ticked by then.
bringBack();
document.querySelector(".r-languages")?.addEventListener("click", (event) => {
  if (event.target.closest("a")) {
    keep();
  }
});
