// Where the calendar is scrolled to: first to today and to the current time, then where it was.

const scroller = () => document.querySelector(".cal, .roster");
let position = null;

export function showNow(root) {
  const grid = root.querySelector(".cal");
  const now = root.querySelector(".cal-now");
  const today = root.querySelector(".cal-col.is-today");
  if (today && matchMedia("(width < 48rem)").matches)
    grid.scrollLeft = today.offsetLeft - root.querySelector(".cal-gutter").offsetWidth;
  if (now) grid.scrollTop = Math.max(0, now.offsetTop - grid.clientHeight / 3);
}

export function restorePosition() {
  if (position) [scroller().scrollLeft, scroller().scrollTop] = position;
}

document.addEventListener("htmx:beforeSwap", () => {
  if (scroller()) position = [scroller().scrollLeft, scroller().scrollTop];
});
