// Choosing the patient of a booking by keys: Enter takes the first, the arrows go along the list.

document.addEventListener("keydown", (event) => {
  const list = event.target.closest("#pick-patient");
  if (!list) return;
  const links = [...list.querySelectorAll("#pick-results a")];
  const at = links.indexOf(document.activeElement);
  const field = list.querySelector("input[type=search]");
  if (event.key === "Enter" && event.target === field && links.length) {
    event.preventDefault();
    links[0].click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? field : links[Math.min(next, links.length - 1)])?.focus();
  }
});
