// Links that open in the side panel (data-panel) or in the dialog (data-dialog), and closing both.

import { $, dialog, panel } from "./dom.js";
import { mayLeave } from "./forms.js";

let opener = null;

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

export function closePanel() {
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
