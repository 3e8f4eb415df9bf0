// The calendar's keys: arrows between times and columns, and letters for its actions.

import { focus } from "./focus.js";
import { items, rowOf } from "./grid.js";
import { isMoving, startMoving, stopMoving } from "./moving.js";

function step(from, key) {
  const column = from.closest(".cal-col");
  const here = items(column);
  if (key === "Home") return here[0];
  if (key === "End") return here.at(-1);
  if (key === "ArrowUp" || key === "ArrowDown")
    return here[here.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
  const side = key === "ArrowRight" ? "nextElementSibling" : "previousElementSibling";
  let next = column[side];
  while (next?.matches(".cal-col") && !items(next).length) next = next[side];
  if (!next?.matches(".cal-col")) return null;
  const row = rowOf(from);
  return items(next).reduce((best, item) =>
    Math.abs(rowOf(item) - row) < Math.abs(rowOf(best) - row) ? item : best,
  );
}

const KEYS = {
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
    return focus(step(item, event.key));
  }
  if (event.target.closest?.("input, select, textarea, dialog, #panel, summary, .cal-strip")) return;
  if (localStorage.getItem("shortcuts") === "off") return;
  if (event.key === "m") return startMoving(event.target.closest?.("[data-move-url]"));
  if (KEYS[event.key]) document.querySelector(KEYS[event.key])?.click();
});
