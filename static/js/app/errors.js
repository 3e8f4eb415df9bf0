// Requests that htmx sent and that failed. Whether they were carried out is not known.

import { say } from "./toasts.js";

document.addEventListener("htmx:sendError", () =>
  say("The connection failed. Reload the page to see what was saved before you try again.", {
    level: "error",
  }),
);
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status >= 500)
    say("Something went wrong on our side. Reload the page to see what was saved.", {
      level: "error",
    });
  if (detail.xhr.status === 401) location.reload();
});
