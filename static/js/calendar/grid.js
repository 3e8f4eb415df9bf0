// The calendar in the page, and the items of its columns from top to bottom.

export const calendar = () => document.querySelector("[data-calendar]");
export const items = (column) =>
  [...column.querySelectorAll(".cal-slot, a.cal-link")].sort((a, b) => rowOf(a) - rowOf(b));
export const rowOf = (item) =>
  Number(item.closest("[class*='r-']").className.match(/(?:^|\s)r-(\d+)/)[1]);
