// Whether single-letter shortcuts are on, and the button that switches them (WCAG 2.1.4).

const button = document.querySelector("[data-shortcuts]");

export const areShortcutsOn = () => localStorage.getItem("shortcuts") !== "off";

const showState = () => button?.setAttribute("aria-pressed", String(areShortcutsOn()));

button?.addEventListener("click", () => {
  localStorage.setItem("shortcuts", areShortcutsOn() ? "off" : "on");
  showState();
});
showState();
