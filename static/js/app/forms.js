// Forms: each is sent once, and unsaved changes are not lost by accident.

const changed = new WeakSet();
document.addEventListener("input", ({ target }) => target.form?.matches("[data-guard]") && changed.add(target.form));
document.addEventListener("submit", ({ target }) => {
  changed.delete(target);
  if (target.dataset.sending !== undefined) return;
  if (target.method === "post" && !target.hasAttribute("hx-post"))
    setTimeout(() => (target.dataset.sending = ""), 0);
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sending !== undefined) event.preventDefault();
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sending]")) delete form.dataset.sending;
});

const unsaved = (root) => [...root.querySelectorAll("form[data-guard]")].some((f) => changed.has(f));
export function mayLeave(root) {
  return !unsaved(root) || confirm("Leave without saving what you entered?");
}
addEventListener("beforeunload", (event) => unsaved(document) && event.preventDefault());

export function discardChanges() {
  for (const form of document.forms) changed.delete(form);
}
