/** What the element's reader does by pointer at the slider and in the close view is no swipe, drag or turn of what is around it. */

const GESTURES = [
  ...["pointerdown", "pointermove", "pointerup", "pointercancel", "mousedown"],
  ...["touchstart", "touchmove", "touchend", "touchcancel", "wheel"],
];

/** Keeps gestures within `root`. */
export function keepGestures(root: ShadowRoot): void {
  const keep = (event: Event) => {
    const place = event.target instanceof Element && event.target.closest("dialog, .scrubber");
    if (place) event.stopPropagation();
  };
  for (const gesture of GESTURES) root.addEventListener(gesture, keep, { passive: true });
}
