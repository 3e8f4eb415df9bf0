// Keys of the calendar: arrows, Home and End in the grid; Escape ends a move; the letters below.

import { areShortcutsOn } from "../app/shortcuts.js";
import { focusItem, neighbour } from "./focus.js";
import { isMoving, startMoving, stopMoving } from "./move.js";

const CLICKS = {
  n: "[data-new]",
  t: "[data-today]",
  ArrowLeft: "[data-previous]",
  ArrowRight: "[data-next]",
};

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  const leave = document.querySelector("a[data-move-cancel]");
  if (event.key === "Escape" && (isMoving() || leave)) {
    event.preventDefault();
    return leave ? leave.click() : stopMoving();
  }
  const item = event.target.closest?.(".cal-slot, a.cal-link");
  if (item && /^(Arrow|Home|End)/.test(event.key)) {
    event.preventDefault();
    return focusItem(neighbour(item, event.key));
  }
  if (event.target.closest?.("input, select, textarea, dialog, #panel, summary, .cal-strip")) return;
  if (!areShortcutsOn()) return;
  if (event.key === "m") return startMoving(event.target.closest?.("[data-move-url]"));
  if (CLICKS[event.key]) document.querySelector(CLICKS[event.key])?.click();
});
