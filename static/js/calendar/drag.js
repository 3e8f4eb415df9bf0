// Dragging an appointment to another time with a mouse or a pen.

import { calendar } from "./grid.js";
import { sendMove } from "./move.js";
import { cancelEvent, isFar } from "./pointer.js";

const ROW_MINUTES = 15;
// {block, offset, x, y, drop, landing}: `x` and `y` are where the pointer went down, `offset` how
// far below the block's top. Once it has moved, the element `drop` shows where the block would land;
// `landing` is that place.
let drag = null;

document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest("[data-move-url]");
  if (!block || event.button !== 0 || event.pointerType === "touch") return;
  const { clientX: x, clientY: y } = event;
  drag = { block, offset: y - block.getBoundingClientRect().top, x, y, drop: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag || (!drag.drop && !isFar(event, drag))) return;
  drag.drop ??= beginDrag(drag.block);
  placeDrop(event);
});

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
  const start = `${date}T${timeOfRow(row)}`;
  return { within: body, className: `cal-drop r-${row} s-${span}`, start, practitioner };
}

// On a free time of everybody's week it takes that time; elsewhere on a day it keeps its own.
function landInCell(cell, under) {
  const { date, practitioner } = cell.dataset;
  const free = under.map((element) => element.closest(".roster-free")).find(Boolean);
  const start = free?.dataset.start ?? `${date}T${drag.block.dataset.start.split("T")[1]}`;
  return { within: cell.querySelector("ul"), className: "roster-drop", start, practitioner };
}

function timeOfRow(row) {
  const minutes = Number(calendar().dataset.firstMinute) + row * ROW_MINUTES;
  const twoDigits = (number) => String(number).padStart(2, "0");
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function endDrag() {
  drag?.block.classList.remove("is-grabbed");
  drag?.drop?.remove();
  drag = null;
}

document.addEventListener("pointerup", () => {
  if (!drag?.drop) return (drag = null);
  const { block, landing } = drag;
  // The click that follows a drop is not a click on the block.
  addEventListener("click", cancelEvent, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", cancelEvent, { capture: true }), 0);
  endDrag();
  const own = block.closest("[data-practitioner]").dataset.practitioner;
  const isElsewhere = landing?.start !== block.dataset.start || landing.practitioner !== own;
  if (landing && isElsewhere) sendMove(block, landing);
});
document.addEventListener("pointercancel", endDrag);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest("[data-move-url]")) event.preventDefault();
});
