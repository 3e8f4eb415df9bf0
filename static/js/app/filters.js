// Filters of a list.

import { $ } from "./dom.js";

// Typing in the search field has already sent its value; leaving the field does not send it again.
document.addEventListener(
  "change",
  (event) => event.target.matches(".filters [type=search]") && event.stopPropagation(),
  { capture: true },
);

// The link that clears the filters is shown while one is set.
document.addEventListener("input", ({ target }) => {
  const clear = target.form && $("[data-clear]", target.form);
  if (!clear) return;
  const set = [...new FormData(target.form)].filter(([name, value]) => value && name !== "sort");
  clear.hidden = set.length === 0;
});
