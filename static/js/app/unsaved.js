// Forms with data-guard: changes that were not sent are left only after a confirmation.

const changed = new WeakSet();

const hasUnsaved = (root) =>
  [...root.querySelectorAll("form[data-guard]")].some((form) => changed.has(form));

export function mayLeave(root) {
  return !hasUnsaved(root) || confirm("Leave without saving what you entered?");
}

export function forgetChanges() {
  for (const form of document.forms) changed.delete(form);
}

document.addEventListener("input", ({ target }) => {
  if (target.form?.matches("[data-guard]")) changed.add(target.form);
});
document.addEventListener("submit", ({ target }) => changed.delete(target));
addEventListener("beforeunload", (event) => hasUnsaved(document) && event.preventDefault());
