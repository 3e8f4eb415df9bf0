// Toasts disappear after some seconds, except errors, and while the pointer or the focus is on them.

import { $ } from "./dom.js";

const toasts = $("#toasts");

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "";
  if (toast.hasAttribute("data-stays")) return;
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), $("form", toast) ? 12000 : 6000));
  const stop = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

export function say(message, { level = "info", button = null } = {}) {
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
  arm(toast);
  return toast;
}

toasts.querySelectorAll("[data-toast]").forEach(arm);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
});
// An action that a toast offers (Undo) was carried out: the toast is removed.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && detail.xhr.status < 400) target.closest?.("[data-toast]")?.remove();
});
document.addEventListener("htmx:load", ({ target }) => {
  target.querySelectorAll?.("[data-toast]").forEach(arm);
  if (target.matches?.("[data-toast]")) arm(target);
});
