// Files on their way: refused at once where they are too large, and how far they are.

// Without scripts a file goes together with the answers; here it goes by itself.
for (const part of document.querySelectorAll("[data-own-form]")) {
  part.removeAttribute("form");
}

document.body.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file][data-most]")) {
    return;
  }
  const isTooLarge = [...input.files].some(
    ({ size }) => size > Number(input.dataset.most) * 1024 * 1024,
  );
  input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
  input.reportValidity();
});

document.body.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const bar = target.querySelector?.("progress");
  if (bar && detail.lengthComputable) {
    bar.hidden = false;
    bar.value = (100 * detail.loaded) / detail.total;
  }
});

// What is said of a list that has come anew is heard only where it changes afterwards.
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  const said = document.querySelector("#documents [role=status]");
  const words = said?.textContent.trim();
  if (detail.elt.id === "documents" && words) {
    said.textContent = "";
    setTimeout(() => said.replaceChildren(words), 100);
  }
});

// A page of a document has come beside the form: it is told, and the focus goes there
// from the link that asked for it, which the page has pushed out of sight.
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  const page = document.getElementById("preview-page");
  const said = document.querySelector("#documents [role=status]");
  const isPreview = detail.requestConfig?.path.includes("/preview");
  if (!isPreview || !page) {
    return;
  }
  if (said) {
    said.textContent = page.getAttribute("aria-label") ?? page.textContent;
  }
  if (!document.activeElement.closest(".r-preview")) {
    page.focus({ preventScroll: true });
  }
});

document.body.addEventListener("click", ({ target }) => {
  if (target.closest("[data-preview-close]")) {
    document.getElementById("preview").replaceChildren();
    document.getElementById("documents").focus();
  }
});
