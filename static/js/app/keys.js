// Keys of every page: `/` goes to the patient search; Escape closes an open menu, else the panel.

import { closeOpenMenu } from "./menus.js";
import { closePanel, isDialogOpen } from "./panel.js";
import { areShortcutsOn } from "./shortcuts.js";

const search = document.querySelector("#search");

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key === "/" && !isTyping && areShortcutsOn() && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key !== "Escape" || event.defaultPrevented || isDialogOpen()) return;
  if (!closeOpenMenu() && event.target !== search) closePanel();
});
