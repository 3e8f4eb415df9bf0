// Moving an appointment in two acts: choose it (`m`, Move, a long press), then click a free time.

import { focusItem } from "./focus.js";
import { calendar, itemsByTime } from "./grid.js";

let moving = null; // The block that was chosen.

export const isMoving = () => moving !== null;

// Whether a move began, which it does not without a block.
export function startMoving(block) {
  if (!block) return false;
  // On a narrow screen the panel would cover the free times.
  if (matchMedia("(width < 64rem)").matches) document.querySelector("#panel [data-close]")?.click();
  if (block.closest("[data-roster]")) return showTimes(block);
  stopMoving();
  moving = block;
  block.classList.add("is-grabbed");
  calendar().dataset.moving = "";
  const banner = calendar().querySelector("[data-move-banner]");
  banner.querySelector("[data-move-name]").textContent =
    block.querySelector(".cal-who").textContent;
  banner.hidden = false;
  const slots = itemsByTime(block.closest(".cal-col")).filter((item) => item.matches(".cal-slot"));
  focusItem(slots[0] ?? calendar().querySelector(".cal-slot"));
  return true;
}

// Everybody's week shows only the next free time: the server adds all those at which it fits.
function showTimes(block) {
  const address = new URL(document.querySelector("#calendar-view").getAttribute("hx-get"), location);
  address.searchParams.set("practitioner", "all");
  address.searchParams.set("move", block.id.replace("block-", ""));
  window.htmx.ajax("GET", address.href, { target: "#calendar", swap: "outerHTML" }).then(() => {
    const chosen = document.getElementById(block.id);
    chosen?.classList.add("is-grabbed");
    chosen?.closest("td").querySelector("button")?.focus({ preventScroll: true });
  });
  return true;
}

export function stopMoving() {
  if (!moving) return;
  moving.classList.remove("is-grabbed");
  delete calendar().dataset.moving;
  calendar().querySelector("[data-move-banner]").hidden = true;
  moving = null;
}

// `start` is the clinic's wall clock: 2026-11-24T09:00.
export function sendMove(block, { start, practitioner }) {
  const values = {
    starts_at: start,
    practitioner,
    version: block.dataset.version,
    idempotency_key: `move-${Date.now()}-${Math.random()}`,
  };
  stopMoving();
  window.htmx.ajax("POST", block.dataset.moveUrl, {
    target: "#calendar",
    swap: "outerHTML",
    values,
  });
}

// In the capture phase: before app/panel.js, which would open the panel for the free time.
document.addEventListener(
  "click",
  (event) => {
    const mover = event.target.closest("[data-move]");
    if (mover && startMoving(document.querySelector(`#block-${mover.dataset.move}[data-move-url]`)))
      event.preventDefault();
    const leave = event.target.closest("[data-move-cancel]");
    if (leave) stopMoving();
    if (leave?.matches("a")) {
      event.preventDefault();
      window.htmx.trigger(document.body, "calendar-changed");
    }
    const slot = event.target.closest("a.cal-slot");
    if (!slot || !moving) return;
    event.preventDefault();
    event.stopPropagation();
    sendMove(moving, {
      start: slot.dataset.start,
      practitioner: slot.closest(".cal-col").dataset.practitioner,
    });
  },
  true,
);
