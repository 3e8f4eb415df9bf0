// Requests of htmx that failed. The server may have committed a write whose answer was lost, so the
// messages do not say whether anything was saved.

import { showToast } from "./toasts.js";

const CHECK = "reload the page and check what was saved before you try again.";

document.addEventListener("htmx:sendError", () =>
  showToast(`The connection failed: ${CHECK}`, { level: "error" }),
);
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status >= 500)
    showToast(`Something went wrong on our side: ${CHECK}`, { level: "error" });
  if (detail.xhr.status === 401) location.reload();
});
