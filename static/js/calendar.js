// Keys, dragging and click-to-move on top of templates/components/calendar.html.

const ROW_MINUTES = 15;
const calendar = () => document.querySelector("[data-calendar]");
const items = (column) =>
  [...column.querySelectorAll(".cal-slot, a.cal-link")].sort((a, b) => rowOf(a) - rowOf(b));
const rowOf = (item) => Number(item.closest("[class*='r-']").className.match(/(?:^|\s)r-(\d+)/)[1]);

/* One stop for the Tab key; arrows go from time to time and from column to column */

function rove(root) {
  const all = [...root.querySelectorAll(".cal-slot, a.cal-link")];
  const today = root.querySelector(".cal-col.is-today");
  const first = (today && items(today)[0]) ?? all[0];
  for (const item of all) item.tabIndex = item === first ? 0 : -1;
  // Without anything to go to, the grid itself takes the focus, to be scrolled.
  root.querySelector(".cal").tabIndex = first ? -1 : 0;
}

function focus(item) {
  if (!item) return;
  for (const other of calendar().querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
}

function step(from, key) {
  const column = from.closest(".cal-col");
  const here = items(column);
  if (key === "Home") return here[0];
  if (key === "End") return here.at(-1);
  if (key === "ArrowUp" || key === "ArrowDown")
    return here[here.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
  const side = key === "ArrowRight" ? "nextElementSibling" : "previousElementSibling";
  let next = column[side];
  while (next?.matches(".cal-col") && !items(next).length) next = next[side];
  if (!next?.matches(".cal-col")) return null;
  const row = rowOf(from);
  return items(next).reduce((best, item) =>
    Math.abs(rowOf(item) - row) < Math.abs(rowOf(best) - row) ? item : best,
  );
}

const KEYS = {
  n: "[data-new]",
  t: "[data-today]",
  ArrowLeft: "[data-previous]",
  ArrowRight: "[data-next]",
};

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && moving) {
    event.preventDefault();
    return stopMoving();
  }
  const item = event.target.closest?.(".cal-slot, a.cal-link");
  if (item && /^(Arrow|Home|End)/.test(event.key)) {
    event.preventDefault();
    return focus(step(item, event.key));
  }
  if (event.target.closest?.("input, select, textarea, dialog, #panel, summary, .cal-strip")) return;
  if (localStorage.getItem("shortcuts") === "off") return;
  if (item && event.key === "m") return startMoving(item.closest("[data-move-url]"));
  if (KEYS[event.key]) document.querySelector(KEYS[event.key])?.click();
});

/* Moving: two acts, by hand (grab, drop) or by choice (Move, a free time) */

let moving = null;

function startMoving(block) {
  if (!block) return false;
  stopMoving();
  moving = block;
  block.classList.add("is-grabbed");
  calendar().dataset.moving = "";
  const banner = calendar().querySelector("[data-move-banner]");
  banner.querySelector("[data-move-name]").textContent =
    block.querySelector(".cal-who").textContent;
  banner.hidden = false;
  const slots = items(block.closest(".cal-col")).filter((item) => item.matches(".cal-slot"));
  focus(slots[0] ?? calendar().querySelector(".cal-slot"));
  return true;
}

function stopMoving() {
  if (!moving) return;
  moving.classList.remove("is-grabbed");
  delete calendar().dataset.moving;
  calendar().querySelector("[data-move-banner]").hidden = true;
  moving = null;
}

function send(block, { start, practitioner }) {
  const values = {
    starts_at: start,
    practitioner,
    version: block.dataset.version,
    idempotency_key: `move-${Date.now()}-${Math.random()}`,
  };
  stopMoving();
  window.htmx.ajax("POST", block.dataset.moveUrl, {
    target: "#calendar",
    swap: "outerHTML",
    values,
  });
}

document.addEventListener(
  "click",
  (event) => {
    const mover = event.target.closest("[data-move]");
    if (mover && startMoving(document.querySelector(`#block-${mover.dataset.move}[data-move-url]`)))
      event.preventDefault();
    if (event.target.closest("[data-move-cancel]")) stopMoving();
    const slot = event.target.closest("a.cal-slot");
    if (!slot || !moving) return;
    event.preventDefault();
    event.stopPropagation();
    send(moving, {
      start: slot.dataset.start,
      practitioner: slot.closest(".cal-col").dataset.practitioner,
    });
  },
  true,
);

/* Dragging with a mouse or a pen; a finger scrolls, so it uses Move */

let drag = null;

document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest("[data-move-url]");
  if (!block || event.button !== 0 || event.pointerType === "touch") return;
  const offset = event.clientY - block.getBoundingClientRect().top;
  drag = { block, offset, x: event.clientX, y: event.clientY, drop: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 5;
  if (!drag.drop && !far) return;
  drag.drop ??= beginDrag(drag.block);
  placeDrop(event);
});

function beginDrag(block) {
  block.classList.add("is-grabbed");
  getSelection().removeAllRanges();
  return document.createElement("div");
}

function placeDrop(event) {
  const column = document
    .elementsFromPoint(event.clientX, event.clientY)
    .map((element) => element.closest(".cal-col"))
    .find(Boolean);
  if (!column) return drag.drop.remove();
  const body = column.querySelector(".cal-body");
  const box = body.getBoundingClientRect();
  const rows = Number(getComputedStyle(body).getPropertyValue("--rows"));
  const span = Number(drag.block.dataset.span);
  const row = Math.round(((event.clientY - drag.offset - box.top) / box.height) * rows);
  drag.row = Math.max(0, Math.min(rows - span, row));
  drag.drop.className = `cal-drop r-${drag.row} s-${span}`;
  drag.drop.textContent = clock(drag.row);
  body.append(drag.drop);
}

function clock(row) {
  const minutes = Number(calendar().dataset.firstMinute) + row * ROW_MINUTES;
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function endDrag() {
  drag?.block.classList.remove("is-grabbed");
  drag?.drop?.remove();
  drag = null;
}

document.addEventListener("pointerup", () => {
  if (!drag?.drop) return (drag = null);
  const { block, row } = drag;
  const column = drag.drop.closest(".cal-col");
  // The click that follows a drop is not a click on the block.
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  endDrag();
  const unmoved = column === block.closest(".cal-col") && row === rowOf(block);
  if (!column || unmoved) return;
  const { date, practitioner } = column.dataset;
  send(block, { start: `${date}T${clock(row)}`, practitioner });
});
document.addEventListener("pointercancel", endDrag);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest("[data-move-url]")) event.preventDefault();
});

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

/* On a phone the strip shows which day is in sight */

function follow(root) {
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

/* The first look: today on a phone, and the hour that is now */

function reveal(root) {
  const scroller = root.querySelector(".cal");
  const now = root.querySelector(".cal-now");
  const today = root.querySelector(".cal-col.is-today");
  if (today && matchMedia("(width < 48rem)").matches)
    scroller.scrollLeft = today.offsetLeft - root.querySelector(".cal-gutter").offsetWidth;
  if (now) scroller.scrollTop = Math.max(0, now.offsetTop - scroller.clientHeight / 3);
}

let place = null;
document.addEventListener("htmx:beforeSwap", () => {
  const scroller = document.querySelector(".cal");
  if (scroller) place = [scroller.scrollLeft, scroller.scrollTop];
});
document.addEventListener("htmx:afterSettle", () => {
  const root = calendar();
  if (!root || root.dataset.ready) return;
  start(root);
  if (place) [root.querySelector(".cal").scrollLeft, root.querySelector(".cal").scrollTop] = place;
});

function start(root) {
  root.dataset.ready = "true";
  rove(root);
  follow(root);
}

if (calendar()) {
  start(calendar());
  reveal(calendar());
}
