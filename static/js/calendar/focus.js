// One stop for the Tab key in the calendar (a roving tabindex).

import { calendar, items } from "./grid.js";

export function rove(root) {
  const all = [...root.querySelectorAll(".cal-slot, a.cal-link")];
  const today = root.querySelector(".cal-col.is-today");
  const first = (today && items(today)[0]) ?? all[0];
  for (const item of all) item.tabIndex = item === first ? 0 : -1;
  // Without anything to go to, the grid itself takes the focus, to be scrolled.
  root.querySelector(".cal").tabIndex = first ? -1 : 0;
}

export function focus(item) {
  if (!item) return;
  for (const other of calendar().querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
}
