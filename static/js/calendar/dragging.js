// Dragging an appointment with a mouse or a pen. A finger scrolls; holding it still starts a move.

import { calendar } from "./grid.js";
import { send, startMoving } from "./moving.js";

const ROW_MINUTES = 15;
const HOLD_MILLISECONDS = 500;

let drag = null;
let hold = { timer: null };

document.addEventListener("pointerdown", (event) => {
  hold = { timer: null };
  const block = event.target.closest("[data-move-url]");
  if (!block || event.button !== 0) return;
  const { clientX: x, clientY: y } = event;
  if (event.pointerType === "touch") return holdDown(block, x, y);
  drag = { block, offset: y - block.getBoundingClientRect().top, x, y, drop: null };
});

function holdDown(block, x, y) {
  hold = { block, x, y };
  hold.timer = setTimeout(() => {
    hold.timer = null;
    startMoving(block);
  }, HOLD_MILLISECONDS);
}

const isFar = (event, { x, y }) => Math.hypot(event.clientX - x, event.clientY - y) > 5;

document.addEventListener("pointermove", (event) => {
  if (hold.timer && isFar(event, hold)) cancelHold();
  if (!drag || (!drag.drop && !isFar(event, drag))) return;
  drag.drop ??= beginDrag(drag.block);
  placeDrop(event);
});

function cancelHold() {
  if (hold.timer) hold = { timer: clearTimeout(hold.timer) };
}

function beginDrag(block) {
  block.classList.add("is-grabbed");
  getSelection().removeAllRanges();
  return document.createElement(block.matches("li") ? "li" : "div");
}

function placeDrop(event) {
  const under = document.elementsFromPoint(event.clientX, event.clientY);
  const place = under.map((element) => element.closest(".cal-col, td[data-date]")).find(Boolean);
  drag.landing = null;
  if (!place) return drag.drop.remove();
  drag.landing = place.matches("td") ? landInCell(place, under) : landInColumn(place, event);
  const { className, within, start } = drag.landing;
  drag.drop.className = className;
  drag.drop.textContent = start.split("T")[1];
  if (drag.drop.parentElement !== within) within.append(drag.drop);
}

function landInColumn(column, event) {
  const body = column.querySelector(".cal-body");
  const box = body.getBoundingClientRect();
  const rows = Number(getComputedStyle(body).getPropertyValue("--rows"));
  const span = Number(drag.block.dataset.span);
  const wanted = Math.round(((event.clientY - drag.offset - box.top) / box.height) * rows);
  const row = Math.max(0, Math.min(rows - span, wanted));
  const { date, practitioner } = column.dataset;
  const start = `${date}T${clock(row)}`;
  return { within: body, className: `cal-drop r-${row} s-${span}`, start, practitioner };
}

// On a free time it gets that time; elsewhere in a day it keeps its own.
function landInCell(cell, under) {
  const { date, practitioner } = cell.dataset;
  const free = under.map((element) => element.closest(".roster-free")).find(Boolean);
  const start = free?.dataset.start ?? `${date}T${drag.block.dataset.start.split("T")[1]}`;
  return { within: cell.querySelector("ul"), className: "roster-drop", start, practitioner };
}

function clock(row) {
  const minutes = Number(calendar().dataset.firstMinute) + row * ROW_MINUTES;
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function endDrag() {
  drag?.block.classList.remove("is-grabbed");
  drag?.drop?.remove();
  drag = null;
}

document.addEventListener("pointerup", () => {
  cancelHold();
  if (!drag?.drop) return (drag = null);
  const { block, landing } = drag;
  // The click that follows a drop is not a click on the block.
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  endDrag();
  const own = block.closest("[data-practitioner]").dataset.practitioner;
  const isElsewhere = landing?.start !== block.dataset.start || landing.practitioner !== own;
  if (landing && isElsewhere) send(block, landing);
});
document.addEventListener("pointercancel", () => {
  cancelHold();
  endDrag();
});
for (const name of ["dragstart", "contextmenu"]) {
  document.addEventListener(name, (event) => {
    const byMouse = name === "contextmenu" && !hold.block;
    if (event.target.closest("[data-move-url]") && !byMouse) event.preventDefault();
  });
}
// Nor is the click that follows a long press.
addEventListener("click", (event) => hold.block && !hold.timer && event.detail && swallow(event), true);

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
