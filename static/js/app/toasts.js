// Toasts are removed after a while, but not errors, nor while the pointer or the focus is on them.

const DISMISS_MILLISECONDS = 6_000;
const DISMISS_WITH_UNDO_MILLISECONDS = 12_000;
const toasts = document.querySelector("#toasts");

export function showToast(message, { level = "info", button = null } = {}) {
  const toast = document.createElement("div");
  toast.className = `toast ${level}`;
  toast.dataset.toast = "";
  if (level !== "info" && level !== "success") toast.dataset.stays = "";
  toast.append(Object.assign(document.createElement("p"), { textContent: message }));
  const dismiss = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button small",
    textContent: button?.label ?? "Dismiss",
  });
  dismiss.dataset.dismiss = "";
  if (button) dismiss.addEventListener("click", button.act);
  toast.append(dismiss);
  toasts.append(toast);
  startTimer(toast);
  return toast;
}

function startTimer(toast) {
  if (toast.dataset.armed !== undefined) return;
  toast.dataset.armed = "";
  if (toast.hasAttribute("data-stays")) return;
  const hasUndo = toast.querySelector("form");
  const delay = hasUndo ? DISMISS_WITH_UNDO_MILLISECONDS : DISMISS_MILLISECONDS;
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), delay));
  const stop = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

toasts.querySelectorAll("[data-toast]").forEach(startTimer);
document.addEventListener("htmx:load", ({ target }) => {
  target.querySelectorAll?.("[data-toast]").forEach(startTimer);
  if (target.matches?.("[data-toast]")) startTimer(target);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
});

// A toast whose Undo succeeded has nothing left to offer.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && detail.xhr.status < 400) target.closest?.("[data-toast]")?.remove();
});
