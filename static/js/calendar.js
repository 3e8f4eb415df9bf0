// Keys and moving on top of templates/components/calendar.html and roster.html.

import "./calendar/keys.js";
import "./calendar/long-press.js";
import "./calendar/drag.js";
import { setTabStop } from "./calendar/focus.js";
import { calendar } from "./calendar/grid.js";
import { restorePosition, showNow } from "./calendar/scroll.js";
import { markDaysInSight } from "./calendar/strip.js";

function prepare(root) {
  setTabStop(root);
  markDaysInSight(root);
}

// Each calendar is prepared once: the first here, and those that htmx swaps in.
document.addEventListener("htmx:afterSettle", () => {
  const root = document.querySelector("#calendar");
  if (!root || root.dataset.ready) return;
  root.dataset.ready = "true";
  if (calendar()) prepare(root);
  restorePosition();
});

if (calendar()) {
  prepare(calendar());
  showNow(calendar());
}
const first = document.querySelector("#calendar");
if (first) first.dataset.ready = "true";
