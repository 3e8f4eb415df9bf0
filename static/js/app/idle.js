// Sign-out after inactivity: a warning a minute before; then the page is left, so that nothing stays on
// the screen.

import { discardChanges } from "./forms.js";
import { say } from "./toasts.js";

const idle = Number(document.body.dataset.idleMinutes) * 60_000;
if (idle) {
  let timers = [];
  let warning = null;
  const reset = () => {
    warning?.remove();
    timers.forEach(clearTimeout);
    timers = [setTimeout(warn, idle - 60_000), setTimeout(leave, idle + 1_000)];
  };
  const stay = () => fetch("/", { method: "HEAD" }).then(active);
  const warn = () => {
    warning = say("You will be signed out in a minute.", {
      level: "warning",
      button: { label: "Stay signed in", act: stay },
    });
  };
  const leave = () => {
    discardChanges();
    location.reload();
  };
  // Other tabs of the same session are notified through storage events.
  const active = () => {
    localStorage.setItem("active", String(Date.now()));
    reset();
  };
  addEventListener("storage", ({ key }) => key === "active" && reset());
  document.addEventListener("htmx:afterRequest", active);
  active();
}
