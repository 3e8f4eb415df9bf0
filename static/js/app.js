// Everything here makes a page that already works more comfortable.

const $ = (selector, root = document) => root.querySelector(selector);
const panel = $("#panel");
const dialog = $("#dialog");
const toasts = $("#toasts");
let opener = null;

/* Links that open beside the page (data-panel) or above it (data-dialog) */

function plainClick(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel], a[data-dialog]");
  if (!link || event.defaultPrevented || !plainClick(event) || !window.htmx) return;
  event.preventDefault();
  const target = link.hasAttribute("data-dialog") ? dialog : panel;
  if (!target.contains(link)) opener = link;
  if (target === panel && !mayLeave(panel)) return;
  window.htmx.ajax("GET", link.href, { target, swap: "innerHTML" });
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target === dialog && dialog.childElementCount && !dialog.open) dialog.showModal();
  if (target === panel || target === dialog || target.closest?.("#panel, #dialog")) {
    const first = $("[data-focus]", target) ?? $("[autofocus]", target);
    // Without a field to begin with, reading starts at the panel's heading.
    (first ?? (target === panel ? $("h2", panel) : null))?.focus();
  } else {
    $("[data-focus]", target)?.focus();
  }
});

document.addEventListener("htmx:load", ({ target }) => {
  target.querySelectorAll?.("[data-toast]").forEach(arm);
  if (target.matches?.("[data-toast]")) arm(target);
});

function closePanel() {
  if (!panel.childElementCount || !mayLeave(panel)) return;
  panel.replaceChildren();
  if (opener?.isConnected) opener.focus();
  document.dispatchEvent(new CustomEvent("panel:closed"));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-close]");
  if (!link) return;
  if (dialog.contains(link)) dialog.close();
  else if (panel.contains(link)) closePanel();
  else return;
  event.preventDefault();
});

dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  if (opener?.isConnected) opener.focus();
});

/* Menus: one at a time, gone on a click elsewhere */

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/* Keys. Single-letter shortcuts can be switched off (WCAG 2.1.4). */

const shortcuts = {
  get on() {
    return localStorage.getItem("shortcuts") !== "off";
  },
  toggle() {
    localStorage.setItem("shortcuts", this.on ? "off" : "on");
  },
};
const toggle = $("[data-shortcuts]");
toggle?.setAttribute("aria-pressed", String(shortcuts.on));
toggle?.addEventListener("click", () => {
  shortcuts.toggle();
  toggle.setAttribute("aria-pressed", String(shortcuts.on));
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key === "/" && !typing && shortcuts.on && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key !== "Escape" || event.defaultPrevented || dialog.open) return;
  const menu = $("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    $("summary", menu).focus();
  } else if (event.target !== search) {
    closePanel();
  }
});

/* Patient search: a combobox over the fragment that the server sends */

const search = $("#search");
const results = $("#search-results");
const options = () => [...results.querySelectorAll("a[role=option]")];

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    search.removeAttribute("aria-activedescendant");
  }
}

search?.addEventListener("keydown", (event) => {
  const found = options();
  const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(found[(at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length]);
  } else if (event.key === "Enter" && found[at]) {
    event.preventDefault();
    location.assign(found[at].href);
  } else if (event.key === "Escape") {
    search.value = "";
    results.replaceChildren();
    search.setAttribute("aria-expanded", "false");
    search.blur();
  }
});
results?.addEventListener("htmx:afterSwap", () => {
  search.setAttribute("aria-expanded", String(results.childElementCount > 0));
  choose(null);
});

/* Toasts leave by themselves, unless they tell of an error or somebody is reading them */

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

function say(message, { level = "info", button = null } = {}) {
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
// Undone: what offered it has done its work.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && detail.xhr.status < 400) target.closest?.("[data-toast]")?.remove();
});
document.addEventListener("htmx:sendError", () =>
  say("No connection. Nothing was saved; try again.", { level: "error" }),
);
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status >= 500)
    say("Something went wrong on our side. Nothing was saved; try again.", { level: "error" });
  if (detail.xhr.status === 401) location.reload();
});

/* Forms: no double sending, and no leaving with unsaved changes by accident */

const changed = new WeakSet();
document.addEventListener("input", ({ target }) => target.form?.matches("[data-guard]") && changed.add(target.form));
document.addEventListener("submit", ({ target }) => {
  changed.delete(target);
  if (target.dataset.sending !== undefined) return;
  if (target.method === "post" && !target.hasAttribute("hx-post"))
    setTimeout(() => (target.dataset.sending = ""), 0);
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sending !== undefined) event.preventDefault();
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sending]")) delete form.dataset.sending;
});

const unsaved = (root) => [...root.querySelectorAll("form[data-guard]")].some((f) => changed.has(f));
function mayLeave(root) {
  return !unsaved(root) || confirm("Leave without saving what you entered?");
}
addEventListener("beforeunload", (event) => unsaved(document) && event.preventDefault());

/* A list's filters: what is typed has been sent when the field is left, and is not sent again */

document.addEventListener(
  "change",
  (event) => event.target.matches(".filters [type=search]") && event.stopPropagation(),
  { capture: true },
);

/* The way out of them stands there while one is set */

document.addEventListener("input", ({ target }) => {
  const clear = target.form && $("[data-clear]", target.form);
  if (!clear) return;
  const set = [...new FormData(target.form)].filter(([name, value]) => value && name !== "sort");
  clear.hidden = set.length === 0;
});

/* Idle sign-out: say so a minute before, and leave nothing on the screen after it */

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
    for (const form of document.forms) changed.delete(form);
    location.reload();
  };
  // Other tabs of the same session hear of it through storage.
  const active = () => {
    localStorage.setItem("active", String(Date.now()));
    reset();
  };
  addEventListener("storage", ({ key }) => key === "active" && reset());
  document.addEventListener("htmx:afterRequest", active);
  active();
}
