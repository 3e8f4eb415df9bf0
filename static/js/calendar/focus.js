// One Tab stop for the whole grid (roving tabindex); the arrow keys go from item to item.

import { calendar, itemsByTime, itemsIn, rowOf } from "./grid.js";

export function setTabStop(root) {
  const all = itemsIn(root);
  const today = root.querySelector(".cal-col.is-today");
  const first = (today && itemsByTime(today)[0]) ?? all[0];
  for (const item of all) item.tabIndex = item === first ? 0 : -1;
  // Without an item the grid itself takes the focus, so that it can be scrolled by keys.
  root.querySelector(".cal").tabIndex = first ? -1 : 0;
}

export function focusItem(item) {
  if (!item) return;
  for (const other of calendar().querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
}

// The item that an arrow key, Home or End leads to, or nothing.
export function neighbour(from, key) {
  const column = from.closest(".cal-col");
  const here = itemsByTime(column);
  if (key === "Home") return here[0];
  if (key === "End") return here.at(-1);
  if (key === "ArrowUp" || key === "ArrowDown")
    return here[here.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
  const next = nextColumn(column, key === "ArrowRight");
  if (!next) return null;
  const row = rowOf(from);
  return itemsByTime(next).reduce((best, item) =>
    Math.abs(rowOf(item) - row) < Math.abs(rowOf(best) - row) ? item : best,
  );
}

// Columns without items are passed over.
function nextColumn(column, isForward) {
  const side = isForward ? "nextElementSibling" : "previousElementSibling";
  let next = column[side];
  while (next?.matches(".cal-col") && !itemsIn(next).length) next = next[side];
  return next?.matches(".cal-col") ? next : null;
}
