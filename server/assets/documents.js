// Files on their way: refused at once where they are too large, and how far they are.

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
