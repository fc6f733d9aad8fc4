// A draft is saved as one types; a polite line says whether it was. Nothing typed is
// lost: what could not be saved is tried again, and the last of it goes when one leaves.

const PAUSE = 1_000; // after the last letter
const TRIES = [2_000, 5_000, 10_000, 30_000];
const MOST_ON_LEAVING = 60_000; // what browsers let go with a page that is closed

const form = document.querySelector("form[data-draft]");

if (form) {
  const line = form.querySelector("[data-draft-status]");
  const words = form.dataset;
  let isUnsaved = false;
  let isRefused = false;
  let isSent = false;
  let failures = 0;
  let timer = 0;
  let saving = null;

  function fields() {
    const typed = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(typed);
  }

  function say(text) {
    if (line.textContent !== text) {
      line.textContent = text;
    }
  }

  function saveIn(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  function tryAgain(text) {
    isUnsaved = true;
    say(text);
    saveIn(TRIES[Math.min(failures, TRIES.length - 1)]);
    failures += 1;
  }

  async function save() {
    if (saving || isSent || !isUnsaved) {
      return;
    }
    isUnsaved = false;
    saving = new AbortController();
    try {
      const answer = await fetch(words.draft, {
        method: "POST",
        body: fields(),
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        redirect: "manual",
        signal: saving.signal,
      });
      await heard(answer);
    } catch (error) {
      if (error.name !== "AbortError") {
        tryAgain(words.draftOffline);
      }
    }
    saving = null;
    if (isUnsaved && !isRefused && failures === 0) {
      saveIn(PAUSE);
    }
  }

  // Who signed in again in another window has another token.
  function renew(token) {
    for (const input of document.querySelectorAll("input[name=csrf_token]")) {
      input.value = token ?? input.value;
    }
  }

  async function heard(answer) {
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) {
      tryAgain(words.draftSignedOut);
    } else if (isOurs) {
      // A refusal is told in a sentence: what it is about does not change by itself.
      const told = await answer.json();
      say(told.said);
      isUnsaved = isUnsaved || !answer.ok;
      isRefused = !answer.ok;
      failures = 0;
      renew(told.token);
    } else {
      tryAgain(words.draftFailed);
    }
  }

  function typed() {
    isUnsaved = true;
    isRefused = false;
    if (failures === 0) {
      say(words.draftUnsaved);
      saveIn(PAUSE);
    }
  }

  function leave() {
    if (isSent || !(isUnsaved || saving)) {
      return;
    }
    const body = fields();
    const keepalive = body.toString().length < MOST_ON_LEAVING;
    const headers = { Accept: "application/json" };
    fetch(words.draft, { method: "POST", body, headers, keepalive }).then(
      (answer) => answer.ok && heard(answer),
      () => {},
    );
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
    saving?.abort();
  });
  addEventListener("online", () => saveIn(0));
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("pageshow", () => {
    isSent = false; // what was sent did not arrive, and one came back
    saveIn(PAUSE);
  });
  addEventListener("beforeunload", (event) => {
    if ((isUnsaved || saving) && !isSent) {
      event.preventDefault();
    }
  });
}
