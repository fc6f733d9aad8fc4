// The worklist alive: ticks and their bar, and what others do, without a jump.

const EVERY_MILLISECONDS = 15_000;

const list = document.querySelector("[data-live-list]");

// --- ticks ------------------------------------------------------------------------

function ticks(scope = document) {
  return [...scope.querySelectorAll("[data-tick]:not(:disabled)")];
}

function ticked() {
  return ticks().filter((tick) => tick.checked);
}

function showBar() {
  const number = ticked().length;
  for (const bar of document.querySelectorAll("[data-bulk]")) {
    bar.classList.toggle("is-on", number > 0);
    const told = bar.querySelector("[data-bulk-number]");
    const said = told.dataset.bulkNumber.replace("{n}", number);
    if (told.textContent !== said) {
      told.textContent = said;
    }
  }
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    const own = ticks(all.closest("[data-ticks]") ?? document);
    const count = own.filter((tick) => tick.checked).length;
    all.checked = own.length > 0 && count === own.length;
    all.indeterminate = count > 0 && count < own.length;
    all.disabled = own.length === 0;
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick-all]")) {
    for (const tick of ticks(target.closest("[data-ticks]") ?? document)) {
      tick.checked = target.checked;
    }
  }
  if (target.matches("[data-tick], [data-tick-all]")) {
    showBar();
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-untick]")) {
    const [first] = ticked();
    for (const tick of ticked()) {
      tick.checked = false;
    }
    showBar();
    first?.focus();
  }
  if (target.closest("[data-print]")) {
    window.print();
  }
});

// A page that the back button brings back has ticks that nobody announced.
window.addEventListener("pageshow", showBar);

// --- what others do ---------------------------------------------------------------

let tag = null; // of what is shown
let fresh = null; // what came and is not shown yet
let isLost = false; // whether the last answer did not come

function rowsOf(scope) {
  return new Map([...scope.querySelectorAll("[data-row]")].map((row) => [row.id, row]));
}

// Somebody is at work in the list: nothing may move under the hand.
function isBusy() {
  return (
    list.contains(document.activeElement) ||
    list.matches(":hover") ||
    ticked().length > 0
  );
}

function keepTick(from, to) {
  const [old, young] = [from, to].map((row) => row.querySelector("[data-tick]"));
  if (old && young) {
    young.checked = old.checked;
  }
}

function showWhole() {
  const before = rowsOf(list);
  const focused = document.activeElement?.id;
  for (const [id, row] of rowsOf(fresh)) {
    if (before.has(id)) {
      keepTick(before.get(id), row);
    }
  }
  list.replaceChildren(...fresh.querySelector("[data-list]").childNodes);
  fresh = null;
  if (focused && document.activeElement === document.body) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

function showInPlace() {
  const coming = rowsOf(fresh);
  for (const [id, row] of rowsOf(list)) {
    const young = coming.get(id);
    if (!young) {
      markGone(row);
    } else if (young.outerHTML !== row.outerHTML) {
      replaceRow(row, young.cloneNode(true));
    }
  }
}

function replaceRow(row, young) {
  const focused = row.contains(document.activeElement) && document.activeElement.id;
  keepTick(row, young);
  row.replaceWith(young);
  if (focused) {
    const same = document.getElementById(focused) ?? young.querySelector("a[href]");
    same.focus({ preventScroll: true });
  }
}

function markGone(row) {
  if (row.classList.contains("is-gone")) {
    return;
  }
  row.classList.add("is-gone");
  for (const control of row.querySelectorAll("input, button")) {
    control.checked = false;
    control.disabled = true;
  }
  const told = document.createElement("small");
  told.textContent = list.dataset.gone;
  row.querySelector("th").append(told);
}

function tell(text, isOffered = false) {
  const news = document.querySelector("[data-news]");
  const told = news.querySelector("[data-news-text]");
  news.classList.toggle("is-on", text !== "");
  news.querySelector("[data-news-show]").hidden = !isOffered;
  if (told.textContent !== text) {
    told.textContent = text;
  }
}

function showNumbers() {
  for (const number of fresh.querySelectorAll("[data-number]")) {
    const old = document.getElementById(number.id);
    if (old && old.innerHTML !== number.innerHTML) {
      old.innerHTML = number.innerHTML;
    }
  }
}

function take() {
  const known = rowsOf(list);
  const added = [...rowsOf(fresh).keys()].filter((id) => !known.has(id)).length;
  showNumbers();
  const news = added ? list.dataset.new.replace("{n}", added) : "";
  if (isBusy()) {
    showInPlace();
    tell(news, added > 0);
  } else {
    showWhole();
    tell(news);
  }
  showBar();
}

async function look() {
  if (document.hidden) {
    return;
  }
  const headers = { "HX-Request": "true" };
  const asked = fetch(list.dataset.liveList, { headers, credentials: "same-origin" });
  const answer = await asked.catch(() => null);
  if (answer?.status === 401) {
    window.location.reload(); // the server leads to the sign-in page and back
    return;
  }
  if (!answer?.ok) {
    isLost = true;
    tell(list.dataset.offline);
    return;
  }
  if (isLost) {
    isLost = false;
    tell("");
  }
  const came = answer.headers.get("ETag");
  if (came !== null && came === tag) {
    if (fresh) {
      take(); // the hand may have gone from the list meanwhile
    }
    return;
  }
  tag = came;
  fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  take();
}

if (list) {
  setInterval(look, EVERY_MILLISECONDS);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-news-show]") && fresh) {
      showWhole();
      tell("");
      showBar();
      list.querySelector("[data-row] a[href]")?.focus();
    }
  });
}
showBar();

// A filter that applies itself keeps its reader where they were.
const FOCUS = "rasim.focus";

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-submit-on-change]") && target.id) {
    sessionStorage.setItem(FOCUS, target.id);
  }
});
const left = sessionStorage.getItem(FOCUS);
if (left) {
  sessionStorage.removeItem(FOCUS);
  document.getElementById(left)?.focus({ preventScroll: true });
}
