/** The button "Embed", whose dialog comes when it is first asked for. */
import { messagePanel } from "../../element/messages";
import * as words from "../../words/embed-button";
import { byId } from "../dom";
import type { PageState } from "../state";
import type { EmbedDialog } from "./embed-dialog";

export function offerEmbedding(state: PageState, notices: HTMLElement): void {
  let dialog: EmbedDialog | undefined;
  byId("embed", HTMLButtonElement).addEventListener("click", async () => {
    try {
      const { EmbedDialog } = await import("./embed-dialog");
      dialog ??= new EmbedDialog(state);
      dialog.open();
    } catch {
      notices.replaceChildren(messagePanel(words.nothingToEmbed, [words.notLoaded]));
    }
  });
}
