/**
 * Whose a key is. Slides turn by arrows and Space, listening for them on the document: what a part of the element uses is the element's
 * alone, and the page hears of every other key. So keys are heard before the page hears them, on their way down from the window.
 */

/** Whether a part used this key. */
type UseKey = (event: KeyboardEvent) => boolean;

const TURNS = ["keydown", "keypress", "keyup"] as const;
const ALONG = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

/** What browsers do with keys at controls. */
const CONTROLS: readonly [controls: string, uses: (key: string) => boolean][] = [
  ["button, summary", (key) => key === " " || key === "Enter"],
  ["a[href]", (key) => key === "Enter"],
  ["input[type=range]", (key) => ALONG.includes(key)],
  // Letters and digits choose, too; Escape closes the list before any page hears of it.
  ["select", (key) => key !== "Tab" && key !== "Escape"],
];

const users = new WeakMap<EventTarget, UseKey>();
/** Keys that were used when they went down: their way up is no news to the page either. */
const held = new Set<string>();

/** `part` is told of keys while the focus is in it, before the page is; those with Ctrl, Alt or Meta are not its own. */
export function useKeys(part: HTMLElement, use: UseKey): void {
  users.set(part, use);
}

/** Keeps the keys that the parts of `element` and its controls use from the page around it. */
export function keepKeys(element: HTMLElement): void {
  for (const turn of TURNS) {
    window.addEventListener(turn, hear, true);
    // What is behind a closed shadow boundary the window does not see.
    element.addEventListener(turn, hear);
  }
}

function hear(event: Event): void {
  if (!(event instanceof KeyboardEvent)) return;
  const { type, code, key } = event;
  const name = code || key;
  if (type === "keydown") {
    held.delete(name);
    if (isUsed(event)) held.add(name);
  }
  if (held.has(name)) event.stopImmediatePropagation();
  if (type === "keyup") held.delete(name);
}

function isUsed(event: KeyboardEvent): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const path = event.composedPath();
  const ours = path.findIndex((place) => place instanceof Element && place.localName === "vgg-scope");
  return path.some(
    (place, at) =>
      users.get(place)?.(event) || (at < ours && place instanceof Element && isControl(place, event)),
  );
}

/** A listener that came before this one may have kept the browser from pressing. */
function isControl(place: Element, { key, defaultPrevented, repeat }: KeyboardEvent): boolean {
  const uses = CONTROLS.some(([controls, some]) => some(key) && place.matches(controls));
  if (uses && defaultPrevented && !repeat && place.matches("a, button")) (place as HTMLElement).click();
  return uses;
}
