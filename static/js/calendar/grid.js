// The calendar in the page (templates/components/calendar.html) and what stands in its columns.

export const calendar = () => document.querySelector("[data-calendar]");

// Free times and appointments that take the focus, inside `root`, in the order of the document.
export const itemsIn = (root) => [...root.querySelectorAll(".cal-slot, a.cal-link")];

// Those of one column, from the earliest to the latest.
export const itemsByTime = (column) => itemsIn(column).sort((a, b) => rowOf(a) - rowOf(b));

// The row of the grid that an item begins in, from its class `r-N`.
export const rowOf = (item) =>
  Number(item.closest("[class*='r-']").className.match(/(?:^|\s)r-(\d+)/)[1]);
