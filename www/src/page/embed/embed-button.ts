/** The button "Embed", whose dialog comes when it is first asked for. */

import { byId } from "../../dom/dom";
import { failurePanel } from "../../dom/message-panel";
import { loadPart } from "../../engine/site-version";
import * as words from "../../words/embed-button";
import type { Notices } from "../base/notices";
import type { PageState } from "../base/state";
import type { EmbedDialog } from "./embed-dialog";

export function offerEmbedding(state: PageState, notices: Notices): void {
  let dialog: EmbedDialog | undefined;
  byId("embed", HTMLButtonElement).addEventListener("click", async () => {
    try {
      const { EmbedDialog } = await loadPart(() => import("./embed-dialog"), words.notLoaded);
      dialog ??= new EmbedDialog(state);
      dialog.open();
    } catch (error) {
      notices.show(failurePanel(words.nothingToEmbed, error));
    }
  });
}
