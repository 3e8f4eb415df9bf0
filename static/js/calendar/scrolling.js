// What of the calendar is in sight: the day marked in the strip, and the position kept across swaps.

// On a phone the strip shows which day is in sight.
export function follow(root) {
  const scroller = root.querySelector(".cal");
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = root.querySelector(`.cal-strip a[href="#${CSS.escape(target.parentElement.id)}"]`);
        if (isIntersecting) link?.setAttribute("aria-current", "true");
        else link?.removeAttribute("aria-current");
      }
    },
    { root: scroller, threshold: 0.6 },
  );
  for (const head of root.querySelectorAll(".cal-head")) seen.observe(head);
}

// At first: today on a phone, and the current hour.
export function reveal(root) {
  const scroller = root.querySelector(".cal");
  const now = root.querySelector(".cal-now");
  const today = root.querySelector(".cal-col.is-today");
  if (today && matchMedia("(width < 48rem)").matches)
    scroller.scrollLeft = today.offsetLeft - root.querySelector(".cal-gutter").offsetWidth;
  if (now) scroller.scrollTop = Math.max(0, now.offsetTop - scroller.clientHeight / 3);
}

const scroller = () => document.querySelector(".cal, .roster");
let position = null;
document.addEventListener("htmx:beforeSwap", () => {
  if (scroller()) position = [scroller().scrollLeft, scroller().scrollTop];
});

export function restorePosition() {
  if (position) [scroller().scrollLeft, scroller().scrollTop] = position;
}
