// Keys, dragging and click-to-move on top of templates/components/calendar.html and roster.html.

const ROW_MINUTES = 15;
const HOLD_MILLISECONDS = 500;
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
  const leave = document.querySelector("a[data-move-cancel]");
  if (event.key === "Escape" && (moving || leave)) {
    event.preventDefault();
    return leave ? leave.click() : stopMoving();
  }
  const item = event.target.closest?.(".cal-slot, a.cal-link");
  if (item && /^(Arrow|Home|End)/.test(event.key)) {
    event.preventDefault();
    return focus(step(item, event.key));
  }
  if (event.target.closest?.("input, select, textarea, dialog, #panel, summary, .cal-strip")) return;
  if (localStorage.getItem("shortcuts") === "off") return;
  if (event.key === "m") return startMoving(event.target.closest?.("[data-move-url]"));
  if (KEYS[event.key]) document.querySelector(KEYS[event.key])?.click();
});

/* Moving: two acts, by hand (grab, drop) or by choice (m, Move or a long press; a free time) */

let moving = null;

function startMoving(block) {
  if (!block) return false;
  // A sheet would lie over the times to choose from.
  if (matchMedia("(width < 64rem)").matches) document.querySelector("#panel [data-close]")?.click();
  if (block.closest("[data-roster]")) return showTimes(block);
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

// Everybody's week tells no more than the next free time: the server shows those that fit.
function showTimes(block) {
  const address = new URL(document.querySelector("#calendar-view").getAttribute("hx-get"), location);
  address.searchParams.set("practitioner", "all");
  address.searchParams.set("move", block.id.replace("block-", ""));
  window.htmx.ajax("GET", address.href, { target: "#calendar", swap: "outerHTML" }).then(() => {
    const held = document.getElementById(block.id);
    held?.classList.add("is-grabbed");
    held?.closest("td").querySelector("button")?.focus({ preventScroll: true });
  });
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
    const leave = event.target.closest("[data-move-cancel]");
    if (leave) stopMoving();
    if (leave?.matches("a")) {
      event.preventDefault();
      window.htmx.trigger(document.body, "calendar-changed");
    }
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

/* Dragging with a mouse or a pen; a finger scrolls, so it holds still to move */

let drag = null;
let hold = { timer: null };

document.addEventListener("pointerdown", (event) => {
  hold = { timer: null };
  const block = event.target.closest("[data-move-url]");
  if (!block || event.button !== 0) return;
  const { clientX: x, clientY: y } = event;
  if (event.pointerType === "touch") return holdDown(block, x, y);
  drag = { block, offset: y - block.getBoundingClientRect().top, x, y, drop: null };
});

function holdDown(block, x, y) {
  hold = { block, x, y };
  hold.timer = setTimeout(() => {
    hold.timer = null;
    startMoving(block);
  }, HOLD_MILLISECONDS);
}

const isFar = (event, { x, y }) => Math.hypot(event.clientX - x, event.clientY - y) > 5;

document.addEventListener("pointermove", (event) => {
  if (hold.timer && isFar(event, hold)) letGo();
  if (!drag || (!drag.drop && !isFar(event, drag))) return;
  drag.drop ??= beginDrag(drag.block);
  placeDrop(event);
});

function letGo() {
  if (hold.timer) hold = { timer: clearTimeout(hold.timer) };
}

function beginDrag(block) {
  block.classList.add("is-grabbed");
  getSelection().removeAllRanges();
  return document.createElement(block.matches("li") ? "li" : "div");
}

function placeDrop(event) {
  const under = document.elementsFromPoint(event.clientX, event.clientY);
  const place = under.map((element) => element.closest(".cal-col, td[data-date]")).find(Boolean);
  drag.landing = null;
  if (!place) return drag.drop.remove();
  drag.landing = place.matches("td") ? landInCell(place, under) : landInColumn(place, event);
  const { className, within, start } = drag.landing;
  drag.drop.className = className;
  drag.drop.textContent = start.split("T")[1];
  if (drag.drop.parentElement !== within) within.append(drag.drop);
}

function landInColumn(column, event) {
  const body = column.querySelector(".cal-body");
  const box = body.getBoundingClientRect();
  const rows = Number(getComputedStyle(body).getPropertyValue("--rows"));
  const span = Number(drag.block.dataset.span);
  const wanted = Math.round(((event.clientY - drag.offset - box.top) / box.height) * rows);
  const row = Math.max(0, Math.min(rows - span, wanted));
  const { date, practitioner } = column.dataset;
  const start = `${date}T${clock(row)}`;
  return { within: body, className: `cal-drop r-${row} s-${span}`, start, practitioner };
}

// A free time takes it as it is; the rest of a day keeps the time that it has.
function landInCell(cell, under) {
  const { date, practitioner } = cell.dataset;
  const free = under.map((element) => element.closest(".roster-free")).find(Boolean);
  const start = free?.dataset.start ?? `${date}T${drag.block.dataset.start.split("T")[1]}`;
  return { within: cell.querySelector("ul"), className: "roster-drop", start, practitioner };
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
  letGo();
  if (!drag?.drop) return (drag = null);
  const { block, landing } = drag;
  // The click that follows a drop is not a click on the block.
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  endDrag();
  const own = block.closest("[data-practitioner]").dataset.practitioner;
  const isElsewhere = landing?.start !== block.dataset.start || landing.practitioner !== own;
  if (landing && isElsewhere) send(block, landing);
});
document.addEventListener("pointercancel", () => {
  letGo();
  endDrag();
});
for (const name of ["dragstart", "contextmenu"]) {
  document.addEventListener(name, (event) => {
    const byMouse = name === "contextmenu" && !hold.block;
    if (event.target.closest("[data-move-url]") && !byMouse) event.preventDefault();
  });
}
// Nor is lifting the finger that held it.
addEventListener("click", (event) => hold.block && !hold.timer && event.detail && swallow(event), true);

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

const scroller = () => document.querySelector(".cal, .roster");
let place = null;
document.addEventListener("htmx:beforeSwap", () => {
  if (scroller()) place = [scroller().scrollLeft, scroller().scrollTop];
});
document.addEventListener("htmx:afterSettle", () => {
  const root = document.querySelector("#calendar");
  if (!root || root.dataset.ready) return;
  root.dataset.ready = "true";
  if (calendar()) start(root);
  if (place) [scroller().scrollLeft, scroller().scrollTop] = place;
});

function start(root) {
  rove(root);
  follow(root);
}

if (calendar()) {
  start(calendar());
  reveal(calendar());
}
const first = document.querySelector("#calendar");
if (first) first.dataset.ready = "true";
