/** The site's catalogue, fetched once; and the models of it by their ids. */
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/catalogue";
import { httpStatus } from "../../words/errors";
import { DEFAULT_MODEL } from "./default-model";
import { CATALOGUE_FILE, type Catalogue, type CatalogueEntry } from "./entry";
import { readCatalogue } from "./read";
import { SHIPPED } from "./shipped";

/** Longer than this nobody waits for a list. */
const PATIENCE_MS = 10_000;

let loaded: Promise<Catalogue> | undefined;

/** Never rejects: where there is no catalogue, there are the models that come with the site, and a sentence on it. */
export function loadCatalogue(): Promise<Catalogue> {
  const address = new URL(CATALOGUE_FILE, __SITE_ROOT__).href;
  loaded ??= load(address).catch((error: unknown) => {
    // The next one who asks may be luckier.
    loaded = undefined;
    return onlyShipped([words.notLoaded(address, String(error))]);
  });
  return loaded;
}

/** A model of the catalogue, or of those that come with the site. Rejects where there is none of that id. */
export async function modelById(id: string): Promise<CatalogueEntry> {
  const { models, problems } = await loadCatalogue();
  const found = [...models, ...SHIPPED].find((model) => model.id === id);
  if (found) return found;
  const ids = models.map((model) => model.id);
  throw new VggscopeError("weights-unknown-model", words.noSuchModel(id, ids, problems));
}

async function load(address: string): Promise<Catalogue> {
  const response = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(httpStatus(response.status));
  const catalogue = readCatalogue(await response.text(), address);
  return catalogue.models.length > 0 ? withBuiltIn(catalogue) : onlyShipped(catalogue.problems);
}

function onlyShipped(problems: readonly string[]): Catalogue {
  return { models: SHIPPED, initial: DEFAULT_MODEL.id, problems };
}

/** What is open without being asked for was settled when the site was built. */
function withBuiltIn(catalogue: Catalogue): Catalogue {
  const said = catalogue.models.find(({ id }) => id === catalogue.initial);
  const keys = Object.keys(DEFAULT_MODEL) as (keyof typeof DEFAULT_MODEL)[];
  if (keys.every((key) => JSON.stringify(said?.[key]) === JSON.stringify(DEFAULT_MODEL[key])))
    return catalogue;
  const problem = words.otherDefault(DEFAULT_MODEL.id, catalogue.initial);
  return { ...catalogue, initial: DEFAULT_MODEL.id, problems: [...catalogue.problems, problem] };
}
