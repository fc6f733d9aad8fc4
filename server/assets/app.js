// What every page needs alive: htmx, the design system's behaviour, the norm's dialog.

import htmx from "htmx.org";
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  Radios,
  SkipLink,
  Tabs,
  createAll,
} from "govuk-frontend";
import "./documents.js";
import "./drafts.js";
import "./forms.js";
import "./keyboard.js";
import "./languages.js";
import "./worklist.js";
import "./drawing.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;

// Chromium claims to know Kazakh and writes 1,040, where a comma begins a fraction.
class Countdown extends CharacterCount {
  formatCountMessage(...told) {
    const message = super.formatCountMessage(...told);
    return document.documentElement.lang === "kk"
      ? message.replaceAll(/(?<=\d),(?=\d{3})/g, "\u00a0")
      : message;
  }
}

// The parts of the design system that our pages use; each brings its weight.
const COMPONENTS = [
  Button,
  Countdown,
  Checkboxes,
  ErrorSummary,
  Radios,
  SkipLink,
  Tabs,
];

function enliven(scope) {
  for (const component of COMPONENTS) {
    createAll(component, undefined, scope);
  }
}

enliven(document);

// The server answers with the questions as they were sent to it. What was typed or
// chosen while it thought is newer: it goes over from the old controls to the new ones.
const answers = new Map();
// Not what the page itself says: buttons that remove an item share one name.
const OURS = ["button", "file", "hidden", "submit"];

function keyOf(control) {
  const isOneOfMany = ["radio", "checkbox"].includes(control.type);
  return isOneOfMany ? `${control.name}=${control.value}` : control.name;
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  answers.clear();
  // A list that gains or loses an item names its inputs anew: none is the old one.
  const renamed = event.detail.requestConfig.elt
    .closest("button")
    ?.closest("[data-list]");
  for (const control of event.detail.target.querySelectorAll("form [name]")) {
    // Read now: for a moment old and new radios are one group, where one is checked.
    const { checked, type, value } = control;
    if (!OURS.includes(type) && !renamed?.contains(control)) {
      answers.set(keyOf(control), { checked, value });
    }
  }
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  for (const control of event.detail.target.querySelectorAll("form [name]")) {
    Object.assign(control, answers.get(keyOf(control)));
  }
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  enliven(event.detail.target);
});

// A part that has not changed is left alone: focus, selection and scroll stay.
const seen = new WeakMap();

document.body.addEventListener("htmx:confirm", (event) => {
  const isPoll = event.detail.elt.hasAttribute("data-live");
  if (isPoll && document.hidden) {
    event.preventDefault();
  }
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, target, xhr } = event.detail;
  if (!elt.hasAttribute("data-live") || xhr.status !== 200) {
    return;
  }
  const tag = xhr.getResponseHeader("ETag");
  const isBusy = target.contains(document.activeElement);
  if (isBusy || (tag !== null && seen.get(target) === tag)) {
    event.detail.shouldSwap = false;
    return;
  }
  seen.set(target, tag);
});

// A norm opens where the reader is; without a script its link leads to its own page.
document.body.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-norm]");
  const dialog = document.getElementById("norm-dialog");
  if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  event.preventDefault();
  const headers = { "HX-Request": "true" };
  const answer = await fetch(link.href, { headers, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    window.location.assign(link.href);
    return;
  }
  dialog.querySelector("[data-dialog-body]").innerHTML = await answer.text();
  dialog.showModal();
});

document.body.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-dialog-close]");
  const isBackdrop = event.target instanceof HTMLDialogElement;
  if (closer || isBackdrop) {
    event.target.closest("dialog").close();
  }
});

// Filters are folded on a phone; a window that becomes wide has no line to unfold them.
matchMedia("(min-width: 40.0625em)").addEventListener("change", ({ matches }) => {
  for (const fold of document.querySelectorAll(".r-fold")) {
    fold.open = matches;
  }
});

// A filter of one choice applies itself; its button stays for those without a script.
document.body.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) {
    event.target.form.requestSubmit();
  }
});
