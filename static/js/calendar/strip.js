// On a phone the strip of days above the grid marks those that are in sight.

export function markDaysInSight(root) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const column = CSS.escape(target.parentElement.id);
        const link = root.querySelector(`.cal-strip a[href="#${column}"]`);
        if (isIntersecting) link?.setAttribute("aria-current", "true");
        else link?.removeAttribute("aria-current");
      }
    },
    { root: root.querySelector(".cal"), threshold: 0.6 },
  );
  for (const head of root.querySelectorAll(".cal-head")) observer.observe(head);
}
