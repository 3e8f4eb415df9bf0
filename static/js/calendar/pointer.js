// What dragging and the long press have in common.

const CLICK_PIXELS = 5; // A pointer that moves no further than this is a click.

export const isFar = (event, { x, y }) =>
  Math.hypot(event.clientX - x, event.clientY - y) > CLICK_PIXELS;

// Nothing else happens on this event.
export function cancelEvent(event) {
  event.preventDefault();
  event.stopPropagation();
}
