// Patient search: the keys of a combobox, over the list of results that the server renders.

const search = document.querySelector("#search");
const results = document.querySelector("#search-results");
const options = () => [...results.querySelectorAll("a[role=option]")];

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    search.removeAttribute("aria-activedescendant");
  }
}

search?.addEventListener("keydown", (event) => {
  const found = options();
  const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(found[(at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length]);
  } else if (event.key === "Enter" && found[at]) {
    event.preventDefault();
    location.assign(found[at].href);
  } else if (event.key === "Escape") {
    search.value = "";
    results.replaceChildren();
    search.setAttribute("aria-expanded", "false");
    search.blur();
  }
});

results?.addEventListener("htmx:afterSwap", () => {
  search.setAttribute("aria-expanded", String(results.childElementCount > 0));
  choose(null);
});
