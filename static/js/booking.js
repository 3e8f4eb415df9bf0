// While a booking or a change is entered beside the calendar, a click on a free time sets its time.

const form = () => document.querySelector("#panel #booking");

// In the capture phase: before app/panel.js, which would open a new panel in place of the form.
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
