// A booking or a change that is being entered beside the calendar follows the time that is chosen.

const form = () => document.querySelector("#panel #booking");

// Before app.js, which would open a new panel and lose what was entered.
document.addEventListener(
  "click",
  (event) => {
    const slot = event.target.closest("a.cal-slot");
    if (!slot || !form() || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (slot.closest("[data-moving]")) return;
    event.preventDefault();
    event.stopPropagation();
    const { day, start, practitioner } = form().elements;
    [day.value, start.value] = slot.dataset.start.split("T");
    const whose = slot.closest(".cal-col").dataset.practitioner;
    if (whose) practitioner.value = whose;
    mark(slot);
    day.dispatchEvent(new Event("change", { bubbles: true }));
  },
  true,
);

function mark(slot) {
  for (const other of document.querySelectorAll(".cal-slot[aria-current]")) {
    if (other !== slot) other.removeAttribute("aria-current");
  }
  slot?.setAttribute("aria-current", "true");
}

document.addEventListener("click", ({ target }) => {
  const slot = target.closest("a.cal-slot");
  if (slot) mark(slot);
});
document.addEventListener("panel:closed", () => mark(null));

// Choosing the patient by keys: Enter takes the first, the arrows go down the list.
document.addEventListener("keydown", (event) => {
  const list = event.target.closest("#pick-patient");
  if (!list) return;
  const links = [...list.querySelectorAll("#pick-results a")];
  const at = links.indexOf(document.activeElement);
  const field = list.querySelector("input[type=search]");
  if (event.key === "Enter" && event.target === field && links.length) {
    event.preventDefault();
    links[0].click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? field : links[Math.min(next, links.length - 1)])?.focus();
  }
});
