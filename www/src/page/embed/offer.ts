/** The button "Embed", whose dialog comes when it is first asked for. */
import { messagePanel } from "../../element/messages";
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
      const sentence = "This part of the page could not be loaded. Check the connection, then try again.";
      notices.replaceChildren(messagePanel("There is nothing to embed yet", [sentence]));
    }
  });
}
