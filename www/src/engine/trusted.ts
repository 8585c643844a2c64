/** Addresses of scripts under Trusted Types: pages that ask for them take no plain text for an address. */

/** The name that a page's policy allows, as the documentation on embedding says. */
const NAME = "vggscope";

interface Policy {
  createScriptURL(address: string): unknown;
}

/** What browsers with Trusted Types have; the DOM's types do not have it everywhere. */
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): Policy;
}

let policy: Policy | undefined;

/** An address that workers may be started from: a file of the site, or a blob. */
export function scriptAddress(address: string): string {
  policy ??= makePolicy();
  // The types know text only; the browser takes either.
  return policy ? (policy.createScriptURL(address) as string) : address;
}

/** Where the page does not allow our name the plain address is tried: only some pages ask for more. */
function makePolicy(): Policy | undefined {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  try {
    return trustedTypes?.createPolicy(NAME, { createScriptURL: ownAddress });
  } catch {
    return undefined;
  }
}

function ownAddress(address: string): string {
  if (address.startsWith(__SITE_ROOT__) || address.startsWith("blob:")) return address;
  throw new TypeError(address);
}
