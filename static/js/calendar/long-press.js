// A finger scrolls, so it chooses an appointment to move by staying on it.

import { startMoving } from "./move.js";
import { cancelEvent, isFar } from "./pointer.js";

const PRESS_MILLISECONDS = 500;
let press = { timer: null }; // With `block` after a touch on one; `timer` until it is long enough.

document.addEventListener("pointerdown", (event) => {
  press = { timer: null };
  const block = event.target.closest("[data-move-url]");
  if (!block || event.button !== 0 || event.pointerType !== "touch") return;
  press = { block, x: event.clientX, y: event.clientY };
  press.timer = setTimeout(() => {
    press.timer = null;
    startMoving(block);
  }, PRESS_MILLISECONDS);
});

function endPress() {
  if (press.timer) press = { timer: clearTimeout(press.timer) };
}

document.addEventListener("pointermove", (event) => {
  if (press.timer && isFar(event, press)) endPress();
});
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, endPress);

document.addEventListener("contextmenu", (event) => {
  if (event.target.closest("[data-move-url]") && press.block) event.preventDefault();
});
// The click that follows a long press is not a click on the block.
addEventListener(
  "click",
  (event) => press.block && !press.timer && event.detail && cancelEvent(event),
  true,
);
