/** A picture that was given to the page: offered as the start of every channel, while what is on screen stays. */

import { make } from "../../dom/dom";
import { messagePanel } from "../../dom/message-panel";
import * as words from "../../words/start-picture";
import type { Notices } from "../base/notices";
import { pictureFrom } from "../base/start-picture";
import type { PageState } from "../base/state";

export async function offerStart(file: File, state: PageState, notices: Notices): Promise<void> {
  notices.show(await panelFor(file, state));
}

async function panelFor(file: File, state: PageState): Promise<HTMLElement> {
  try {
    const picture = await pictureFrom(file);
    const button = make("button", { type: "button" }, words.startFromThisPicture);
    button.addEventListener("click", () => state.usePicture(picture));
    const panel = messagePanel(words.isAPicture(file.name), [words.mayBeTheStart, words.noSettingsInIt]);
    panel.append(make("div", { className: "vgg-message-buttons" }, button));
    return panel;
  } catch (error) {
    return messagePanel(words.isAPicture(file.name), [
      error instanceof Error ? error.message : String(error),
    ]);
  }
}
