// The calendar's keys, moving and dragging, on top of templates/components/calendar.html and roster.html.

import "./calendar/dragging.js";
import { rove } from "./calendar/focus.js";
import { calendar } from "./calendar/grid.js";
import "./calendar/keys.js";
import { follow, restorePosition, reveal } from "./calendar/scrolling.js";

function start(root) {
  rove(root);
  follow(root);
}

// htmx has swapped in a new calendar.
document.addEventListener("htmx:afterSettle", () => {
  const root = document.querySelector("#calendar");
  if (!root || root.dataset.ready) return;
  root.dataset.ready = "true";
  if (calendar()) start(root);
  restorePosition();
});

if (calendar()) {
  start(calendar());
  reveal(calendar());
}
const first = document.querySelector("#calendar");
if (first) first.dataset.ready = "true";
