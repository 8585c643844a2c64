/** Finds the model that is to be opened, and asks before another host is asked for a large file. */
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/catalogue";
import { comesWhole, otherHost } from "./downloads";
import type { CatalogueEntry } from "./entry";
import { modelById } from "./load";

/** Rejects where there is no model of that id, or where its full download was not agreed to. */
export async function modelToOpen(id: string, allowFullDownload: boolean): Promise<CatalogueEntry> {
  const entry = await modelById(id);
  if (allowFullDownload || !comesWhole(entry)) return entry;
  const { name, bytes } = entry;
  const question = words.comesWhole(name, otherHost(entry) ?? "");
  throw new VggscopeError("weights-needs-full-download", question, { bytes });
}
