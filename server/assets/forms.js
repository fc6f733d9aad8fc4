// Forms: a search among many answers, and what a change of a list has done, said aloud.

// What is said must stand in a region that was there before it.
const said = document.createElement("div");
said.className = "govuk-visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

// How many of the answers are found and chosen; the first counts are not announced.
function count(box, found) {
  const chosen = box.querySelectorAll("input:checked").length;
  const told = [box.dataset.tagsChosen.replace("{count}", chosen)];
  if (found !== null) {
    told.unshift(box.dataset.tagsFound.replace("{count}", found));
  }
  box.querySelector(".r-tags__count").textContent = told.join(" · ");
}

function search(box, words) {
  const wanted = words.trim().toLocaleLowerCase();
  let found = 0;
  for (const option of box.querySelectorAll(".govuk-checkboxes__item")) {
    const fits = option.textContent.toLocaleLowerCase().includes(wanted);
    option.hidden = !fits;
    found += Number(fits);
  }
  count(box, wanted ? found : null);
}

function addSearch(box) {
  const options = box.querySelector(".r-tags__options");
  const id = `${options.querySelector("input").id}-search`;
  const label = document.createElement("label");
  Object.assign(label, { className: "govuk-label", htmlFor: id });
  label.textContent = box.dataset.tagsSearch;
  const input = document.createElement("input");
  Object.assign(input, { className: "govuk-input r-tags__search", id, type: "search" });
  input.autocomplete = "off";
  const counted = document.createElement("p");
  counted.className = "r-tags__count";
  counted.setAttribute("role", "status");
  options.before(label, input);
  options.after(counted);
  input.addEventListener("input", () => search(box, input.value));
  input.addEventListener("keydown", (event) => {
    // Else Enter would send the whole form.
    if (event.key === "Enter") {
      event.preventDefault();
    }
  });
  options.addEventListener("change", () => search(box, input.value));
  count(box, null);
}

function begin(place) {
  for (const box of place.querySelectorAll("[data-tags]:not(:has(.r-tags__search))")) {
    addSearch(box);
  }
  const told = place.querySelector("[data-say]");
  if (told) {
    // Said once, by the region that stays.
    told.removeAttribute("role");
    said.textContent = told.textContent;
  }
}

begin(document);
document.body.addEventListener("htmx:afterSettle", (event) => {
  begin(event.detail.target);
});
