// Keys for those whose hands stay on the keyboard. A control says its key itself
// (data-key="n", data-key="g t"); rows (data-row) are gone through with j and k.
// Switched off on the sheet of keys (WCAG 2.1.4), remembered by this browser.

const STORED = "rasim.keys";
const SEQUENCE_MILLISECONDS = 1500;
const TYPED_INTO = "input:not([type=checkbox], [type=radio]), select, textarea";
const LETTER = /^Key([A-Z])$/;

let begun = ""; // the first key of two
let begunAt = 0;
let rowId = ""; // where the reader was, though the list has changed since

function areKeysOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // storage is closed to us: the keys work, and stay so
  }
}

function switchKeys(isOn) {
  try {
    localStorage.setItem(STORED, isOn ? "on" : "off");
  } catch {
    // Not remembered, then: the box shows it when the sheet is opened again.
  }
  tellShortcuts(document);
}

// Only a single key can be told to a screen reader: a space there means "or".
function tellShortcuts(scope) {
  for (const control of scope.querySelectorAll("[data-key]")) {
    if (areKeysOn() && control.dataset.key.length === 1) {
      control.setAttribute("aria-keyshortcuts", control.dataset.key);
    } else {
      control.removeAttribute("aria-keyshortcuts");
    }
  }
}

// What a key means, whatever the layout: Kazakh and Russian ones have no Latin letters.
function meant(event) {
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    return "?";
  }
  if (event.key === "/" || event.code === "Slash") {
    return "/";
  }
  if (/^[a-z]$/i.test(event.key)) {
    return event.key.toLowerCase();
  }
  const letter = LETTER.exec(event.code);
  return letter ? letter[1].toLowerCase() : event.key;
}

function isShown(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}

function controlOf(keys, scope = document, name = "key") {
  const found = scope.querySelectorAll(`[data-${name}="${CSS.escape(keys)}"]`);
  return [...found].find((each) => isShown(each) && !each.disabled);
}

function use(control) {
  control.focus();
  if (control.matches(TYPED_INTO)) {
    control.select?.();
  } else if (!("keyFocuses" in control.dataset)) {
    control.click();
  }
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter(isShown);
}

function currentRow() {
  const here = document.activeElement?.closest("[data-row]");
  return here ?? rows().find((row) => row.id === rowId);
}

function walk(step) {
  const all = rows();
  const place = all.indexOf(currentRow());
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step;
  const row = all[next];
  if (row) {
    rowId = row.id;
    row.querySelector("a[href]").focus();
  }
  return Boolean(row);
}

function press(keys) {
  if (keys === "j" || keys === "k") {
    return walk(keys === "j" ? 1 : -1);
  }
  const isOpen = document.querySelector("dialog[open]") !== null;
  const control = isOpen ? undefined : controlOf(keys);
  if (control) {
    use(control);
    return true;
  }
  const row = currentRow();
  const inRow = row && controlOf(keys, row, "row-key");
  if (inRow) {
    rowId = row.id;
    inRow.click();
  }
  return Boolean(inRow);
}

// Arrows go from row to row only where a row already has the focus: else they scroll.
function arrow(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  return Boolean(
    step && document.activeElement?.closest("[data-row]") && walk(step),
  );
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.(`${TYPED_INTO}, [contenteditable]`);
  const isChord = event.ctrlKey || event.altKey || event.metaKey;
  if (!areKeysOn() || isTyping || isChord || event.defaultPrevented) {
    return;
  }
  if (document.querySelector("dialog[open]")) {
    return;
  }
  const key = meant(event);
  const isSecond = begun && event.timeStamp - begunAt < SEQUENCE_MILLISECONDS;
  const keys = isSecond ? `${begun} ${key}` : key;
  begun = "";
  if (arrow(event) || press(keys)) {
    event.preventDefault();
  } else if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    [begun, begunAt] = [key, event.timeStamp];
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-switch]")) {
    switchKeys(event.target.checked);
  }
});

// The box tells what is so in this browser, on its page and in the dialog alike.
function showSwitch(scope) {
  for (const box of scope.querySelectorAll("[data-keys-switch]")) {
    box.checked = areKeysOn();
    box.closest("[hidden]")?.removeAttribute("hidden");
  }
}

// A sheet opens where the reader is; without a script its link leads to its own page.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  event.preventDefault();
  const headers = { "HX-Request": "true" };
  const answer = await fetch(link.href, { headers, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    window.location.assign(link.href);
    return;
  }
  const body = dialog.querySelector("[data-dialog-body]");
  body.innerHTML = await answer.text();
  showSwitch(body);
  dialog.showModal();
});

tellShortcuts(document);
showSwitch(document);
