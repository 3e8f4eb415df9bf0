// Keys. Single-letter shortcuts can be switched off (WCAG 2.1.4).

import { $, dialog } from "./dom.js";
import { closePanel } from "./panel.js";
import { search } from "./search.js";

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
