// A plain POST form is sent once, however often its button is pressed.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending !== undefined) {
    event.preventDefault();
  } else if (form.method === "post" && !form.hasAttribute("hx-post")) {
    form.dataset.sending = "";
  }
});

// A page that comes back from the browser's memory can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sending]")) delete form.dataset.sending;
});
