// The filters of a list (form.filters).

// A search field sends while it is typed in (`input`): leaving it (`change`) does not send again.
document.addEventListener(
  "change",
  (event) => event.target.matches(".filters [type=search]") && event.stopPropagation(),
  { capture: true },
);

// The link that clears the filters shows while one of them is set.
document.addEventListener("input", ({ target }) => {
  const clear = target.form?.querySelector("[data-clear]");
  if (!clear) return;
  const set = [...new FormData(target.form)].filter(([name, value]) => value && name !== "sort");
  clear.hidden = set.length === 0;
});
