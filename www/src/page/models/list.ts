/** The choice of model: those of the catalogue, those a link named, and a file from disk. */

import { byId, write } from "../../dom/dom";
import { addressesOf } from "../../engine/catalogue/addresses";
import { otherHost } from "../../engine/catalogue/downloads";
import type { Catalogue, CatalogueEntry } from "../../engine/catalogue/entry";
import { browser } from "../../engine/platform";
import { modelKey, modelText, type Settings } from "../../settings/table";
import * as words from "../../words/models";
import type { PageState } from "../base/state";
import { aboutModel } from "./about";
import { Radios } from "./radios";

/** The file from disk has no other name. */
const FILE = "";

export function listModels(state: PageState, { models, problems }: Catalogue): void {
  const radios = new Radios();
  const notImagenet = byId("not-imagenet", HTMLElement);
  const listed = new Set(models.map(({ id }) => modelKey({ model: id, weights: undefined })));
  const textures = models.find((model) => isTextures(model));
  let lastFile: File | undefined;
  for (const model of models) radios.offer(keyOf(model), optionOf(model, state));
  write(byId("catalogue-problems", HTMLElement), problems.join(" "));
  state.watch((settings) => {
    const { file } = state;
    const open = openIn(settings, models);
    const key = file ? FILE : open ? keyOf(open) : modelKey(settings);
    lastFile = file ?? lastFile;
    if (file) radios.offer(FILE, { label: words.fromDisk(file.name), chosen: () => state.openFile(file) });
    else if (!open) radios.offer(key, fromLink(settings, state));
    radios.check(key);
    const isUnusable = (other: string) => state.isUnusable(other === FILE && lastFile ? lastFile : other);
    radios.drop((other) => other !== key && !listed.has(other) && isUnusable(other));
    // Whoever brings weights knows what they were trained on, and random ones say what they are.
    notImagenet.hidden = file !== undefined || open === undefined || open !== textures;
  });
}

function keyOf({ id }: CatalogueEntry): string {
  return modelKey({ model: id, weights: undefined });
}

function optionOf(entry: CatalogueEntry, state: PageState) {
  const { id, name } = entry;
  const option = { label: name, chosen: () => state.change({ model: id }) };
  const host = otherHost(entry);
  if (host === undefined) return option;
  return { ...option, about: aboutModel(entry, host, state), walkedTo: words.pressEnter(name, host) };
}

/** What a link said; choosing it again is saying it again. */
function fromLink(settings: Settings, state: PageState) {
  const { model, weights } = settings;
  const chosen = () => state.change(weights === undefined ? { model } : { weights });
  return { label: words.fromLink(modelText(settings)), chosen };
}

/** The entry that is open: by its id, or by the address of what lies beside the site. */
function openIn({ model, weights }: Settings, models: readonly CatalogueEntry[]): CatalogueEntry | undefined {
  if (weights === undefined) return models.find(({ id }) => id === model);
  const { href } = new URL(weights, document.baseURI);
  return models.find((entry) => otherHost(entry) === undefined && addressesOf(entry)[0]?.href === href);
}

/** The model that was trained on computed textures, of which the page says so. */
function isTextures(entry: CatalogueEntry): boolean {
  return addressesOf(entry)[0]?.href === new URL("weights/demo/", browser.siteRoot).href;
}
