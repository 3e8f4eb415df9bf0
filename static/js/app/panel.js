// Links that open beside the page (a[data-panel], in #panel) or above it (a[data-dialog], #dialog).

import { mayLeave } from "./unsaved.js";

const panel = document.querySelector("#panel");
const dialog = document.querySelector("#dialog");
let opener = null; // The link that takes the focus again after closing.

export const isDialogOpen = () => dialog.open;

export function closePanel() {
  if (!panel.childElementCount || !mayLeave(panel)) return;
  panel.replaceChildren();
  returnFocus();
  document.dispatchEvent(new CustomEvent("panel:closed"));
}

function returnFocus() {
  if (opener?.isConnected) opener.focus();
}

function isPlainClick(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel], a[data-dialog]");
  if (!link || event.defaultPrevented || !isPlainClick(event) || !window.htmx) return;
  event.preventDefault();
  const target = link.hasAttribute("data-dialog") ? dialog : panel;
  if (!target.contains(link)) opener = link;
  if (target === panel && !mayLeave(panel)) return;
  window.htmx.ajax("GET", link.href, { target, swap: "innerHTML" });
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target === dialog && dialog.childElementCount && !dialog.open) dialog.showModal();
  if (target === panel || target === dialog || target.closest?.("#panel, #dialog")) {
    const first = target.querySelector("[data-focus]") ?? target.querySelector("[autofocus]");
    // Without a field to begin with, the panel's heading takes the focus.
    (first ?? (target === panel ? panel.querySelector("h2") : null))?.focus();
  } else {
    target.querySelector("[data-focus]")?.focus();
  }
});

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
  returnFocus();
});
