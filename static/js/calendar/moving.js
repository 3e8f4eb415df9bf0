// Moving an appointment in two steps: choose it (m, Move or a long press), then a free time.

import { focus } from "./focus.js";
import { calendar, items } from "./grid.js";

let moving = null;

export const isMoving = () => moving !== null;

export function startMoving(block) {
  if (!block) return false;
  // On a narrow screen the panel would cover the times to choose from.
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
  const slots = items(block.closest(".cal-col")).filter((item) => item.matches(".cal-slot"));
  focus(slots[0] ?? calendar().querySelector(".cal-slot"));
  return true;
}

// Everybody's week shows only the next free time: the server returns those that fit.
function showTimes(block) {
  const address = new URL(document.querySelector("#calendar-view").getAttribute("hx-get"), location);
  address.searchParams.set("practitioner", "all");
  address.searchParams.set("move", block.id.replace("block-", ""));
  window.htmx.ajax("GET", address.href, { target: "#calendar", swap: "outerHTML" }).then(() => {
    const shown = document.getElementById(block.id);
    shown?.classList.add("is-grabbed");
    shown?.closest("td").querySelector("button")?.focus({ preventScroll: true });
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

export function send(block, { start, practitioner }) {
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
    send(moving, {
      start: slot.dataset.start,
      practitioner: slot.closest(".cal-col").dataset.practitioner,
    });
  },
  true,
);
