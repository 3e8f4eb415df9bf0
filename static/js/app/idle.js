// Idle sign-out (body[data-idle-minutes]): a warning one minute before it, and after it a reload,
// which leaves nothing on the screen.

import { showToast } from "./toasts.js";
import { forgetChanges } from "./unsaved.js";

const WARNING_MILLISECONDS = 60_000;
const RELOAD_DELAY_MILLISECONDS = 1_000; // So that the server's own limit has passed as well.
const limit = Number(document.body.dataset.idleMinutes) * 60_000;
let timers = [];
let warning = null;

function restart() {
  warning?.remove();
  timers.forEach(clearTimeout);
  timers = [
    setTimeout(warn, limit - WARNING_MILLISECONDS),
    setTimeout(leave, limit + RELOAD_DELAY_MILLISECONDS),
  ];
}

function warn() {
  warning = showToast("You will be signed out in a minute.", {
    level: "warning",
    button: { label: "Stay signed in", act: stay },
  });
}

const stay = () => fetch("/", { method: "HEAD" }).then(recordActivity);

function leave() {
  forgetChanges();
  location.reload();
}

// Other tabs of the same session are told through local storage.
function recordActivity() {
  localStorage.setItem("active", String(Date.now()));
  restart();
}

if (limit) {
  addEventListener("storage", ({ key }) => key === "active" && restart());
  document.addEventListener("htmx:afterRequest", recordActivity);
  recordActivity();
}
