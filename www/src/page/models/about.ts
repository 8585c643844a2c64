/** What is said of a model that comes from another host, before that host is asked for anything. */

import { make, write } from "../../dom/dom";
import { bytesUpTo, comesWhole } from "../../engine/catalogue/downloads";
import type { CatalogueEntry, Download } from "../../engine/catalogue/entry";
import * as words from "../../words/models";
import type { PageState } from "../base/state";

export function aboutModel(entry: CatalogueEntry, host: string, state: PageState): HTMLElement {
  const { id, note, licence, bytes, download } = entry;
  const cost = make("p", {});
  const lines = [make("p", {}, words.whatItIs(note, licence)), cost];
  if (download) lines.push(make("p", {}, downloadLink(download), words.thenDropIt));
  state.watch(({ layer }) => {
    const part = { layer, bytes: bytesUpTo(layer, entry) };
    write(cost, comesWhole(entry) ? words.comesWhole(host, bytes) : words.comesInParts(host, part, bytes));
  });
  return make("div", { id: `about-model-${id}`, className: "model-about hint" }, ...lines);
}

/** For whoever the host lets no page fetch it for: a link needs no permission. */
export function downloadLink({ url, bytes }: Download): HTMLAnchorElement {
  return make("a", { href: url, rel: "noreferrer" }, words.save(bytes));
}
