/** The control of what a climb starts from: noise, grey, a picture from disk, or one that a climb has made. */

import { byId, make, write } from "../../dom/dom";
import type { ScopeElement } from "../../element/vgg-scope";
import type { Playhead } from "../../explorer/playhead";
import { FIELDS } from "../../settings/table";
import * as words from "../../words/start-picture";
import { pictureFrom, pictureOf } from "../base/start-picture";
import type { PageState } from "../base/state";

/** The choice that stands for a picture: no value of the setting. */
const PICTURE = "picture";

/** Adds pictures to the control of the setting, which is on the page. */
export function offerPictures(state: PageState): void {
  const { key } = FIELDS.startFrom;
  const select = byId(`setting-${key}`, HTMLSelectElement);
  const error = byId(`error-${key}`, HTMLElement);
  const option = make("option", { value: PICTURE });
  const note = make("p", { className: "start-note" });
  const file = make("input", { type: "file", accept: "image/*", hidden: true });
  const button = make("button", { type: "button" }, words.choosePicture);
  note.setAttribute("role", "status");
  button.addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    // The same file chosen again, perhaps mended by now, is a change too.
    file.value = "";
    if (chosen) void open(chosen, state, (sentence) => write(error, sentence));
  });
  error.before(button, file);
  error.after(note);
  state.watch(({ startFrom }) => {
    const { picture } = state;
    if (picture) {
      option.textContent = words.picture(picture.name);
      select.append(option);
    } else option.remove();
    select.value = picture ? PICTURE : startFrom;
    write(note, picture ? words.pictureNotInLink(picture.name, startFrom) : "");
  });
}

async function open(file: File, state: PageState, complain: (sentence: string) => void): Promise<void> {
  try {
    state.usePicture(await pictureFrom(file));
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
  }
}

/** A button that makes the picture seen closely the start of every channel. */
export function startHere(scope: ScopeElement, state: PageState, playhead: Playhead): HTMLButtonElement {
  const button = make("button", { type: "button", className: "start-here" }, words.startFromThisPicture);
  button.addEventListener("click", async () => {
    const { layer, width, height } = state.settings;
    const { channel } = state.view;
    const iteration = playhead.position;
    if (channel === undefined || !scope.run || !playhead.ready) return;
    const kept = await scope.run.iterate(channel, iteration);
    const name = words.climbed(channel, layer, iteration);
    state.usePicture(pictureOf(name, await kept.pixels(), { width, height }));
  });
  return button;
}
