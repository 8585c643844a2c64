/** The tour's card beside the pictures, and the way into it. The step is in the link: Back goes a step back. */

import { byId, make, write } from "../../dom/dom";
import { writeLink } from "../../settings/link";
import * as words from "../../words/tour";
import type { PageState } from "../base/state";
import { TOUR } from "./steps";

export function offerTour(state: PageState): void {
  const invitation = byId("tour-invitation", HTMLAnchorElement);
  invitation.href = linkTo(1);
  const card = new Card(() => {
    state.look({ tour: undefined });
    invitation.focus();
  });
  byId("tour", HTMLElement).replaceWith(card.element);
  let shown: number | undefined;
  let invited = false;
  // Following a link within the page takes the focus from it before the page hears of the new address.
  invitation.addEventListener("click", () => {
    invited = true;
  });
  state.watchView(({ tour }) => {
    if (tour === shown) return;
    // Whoever walks on goes along with the focus; whoever comes by a link sees the card, and is read the page from its top.
    const walking = shown !== undefined || invited;
    shown = tour;
    invited = false;
    card.show(tour);
    invitation.hidden = tour !== undefined;
    if (tour !== undefined && walking) card.focus();
    else if (tour !== undefined) card.reveal();
  });
}

function linkTo(step: number): string {
  const { settings, view } = TOUR[step - 1] ?? {};
  return settings && view ? writeLink(settings, { channel: undefined, ...view, tour: step }) : "#";
}

class Card {
  readonly element = make("section", { className: "tour", hidden: true });
  readonly #title = make("h2", { id: "tour-title", tabIndex: -1 });
  readonly #words = make("div", { className: "tour-words" });
  readonly #previous = make("a", { className: "button-link tour-walk" }, words.previous);
  readonly #next = make("a", { className: "button-link tour-walk tour-next" }, words.next);
  readonly #steps = TOUR.map(({ title }, index) => {
    const link = make("a", { href: linkTo(index + 1), title }, String(index + 1));
    link.setAttribute("aria-label", words.step(index + 1, title));
    return link;
  });

  constructor(end: () => void) {
    const close = make("button", { type: "button" }, words.end);
    close.addEventListener("click", end);
    const list = make("ol", { className: "tour-steps" }, ...this.#steps.map((link) => make("li", {}, link)));
    list.setAttribute("role", "list");
    const walk = make("div", { className: "tour-walking" }, this.#previous, this.#next);
    const head = make("div", { className: "tour-head" }, this.#title, close);
    const nav = make("nav", {}, list, walk);
    nav.setAttribute("aria-label", words.steps);
    this.element.setAttribute("aria-labelledby", this.#title.id);
    this.element.append(head, this.#words, nav);
  }

  /** Undefined: no tour. */
  show(step: number | undefined): void {
    this.element.hidden = step === undefined;
    const now = step === undefined ? undefined : TOUR[step - 1];
    if (step === undefined || !now) return;
    write(this.#title, words.heading(step, TOUR.length, now.title));
    this.#words.replaceChildren(...now.words.map((paragraph) => make("p", {}, paragraph)));
    this.#steps.forEach((link, index) => {
      if (index + 1 === step) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    lead(this.#previous, step > 1 ? linkTo(step - 1) : undefined);
    lead(this.#next, step < TOUR.length ? linkTo(step + 1) : undefined);
  }

  /** Where reading goes on. */
  focus(): void {
    this.#title.focus({ preventScroll: true });
    this.reveal();
  }

  reveal(): void {
    this.element.scrollIntoView({ block: "nearest" });
  }
}

/** A link without an address leads nowhere, and is out of the way of keys. */
function lead(link: HTMLAnchorElement, address: string | undefined): void {
  if (address === undefined) link.removeAttribute("href");
  else link.href = address;
  link.hidden = address === undefined;
}
