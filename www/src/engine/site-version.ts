/** Whether the site has another version by now than the one that this page runs: asked when a part of it does not come. */
import { VggscopeError } from "../public/errors";
import * as words from "../words/site-version";

/** At the site's root; it says which version lies there. */
interface VersionFile {
  edition: string;
}

/** Longer than this nobody waits to hear why something failed. */
const PATIENCE_MS = 10_000;

/** Loads a part of the program; `otherwise` says that it is missing, where the site has no newer version. */
export async function loadPart<T>(load: () => Promise<T>, otherwise: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw await explained(new VggscopeError("engine-unavailable", otherwise, { cause }));
  }
}

/** The same error, unless a newer version is the reason: its files have other names, and the old ones may be gone. */
export async function explained(error: VggscopeError): Promise<VggscopeError> {
  if (!isOfTheSite(error) || !(await isReplaced())) return error;
  return new VggscopeError("site-updated", words.siteUpdated, { cause: error });
}

/** Whether what is missing is the site's: a part of the program, or of the models beside it. */
function isOfTheSite({ code, message }: VggscopeError): boolean {
  const missing = code === "weights-not-found" || code === "weights-web-page";
  return code === "engine-unavailable" || (missing && message.includes(__SITE_ROOT__));
}

/** A host that answers with something else, or not at all, has said nothing of its version. */
async function isReplaced(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(new URL("edition.json", __SITE_ROOT__), { cache: "no-store", signal });
    const said: unknown = response.ok && (await response.json());
    return isVersionFile(said) && said.edition !== __SITE_VERSION__;
  } catch {
    return false;
  }
}

function isVersionFile(said: unknown): said is VersionFile {
  return typeof said === "object" && said !== null && "edition" in said && typeof said.edition === "string";
}
