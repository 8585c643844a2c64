/**
 * What mail programs, chats and word processors do to links, undone: whole links encoded once more, `&amp;`, dashes and
 * spaces of print, characters that nobody sees, and the punctuation of the sentence around.
 */

/** Never meant by whoever writes a setting or an address. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const OPENING = /^[\s<([{"'“‘«`*_]+/;
const CLOSING = /[\s.,;!?)\]}>"'”’»`*_]+$/;
/** Of a text that somebody shortened: what it was is not known. */
const CUT = /…|\.\./;
/** How often a link may have been encoded as a whole. */
const ENCODED = 3;

export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, "");
}

/** What a value may have been before print and punctuation changed it, the nearest first. None where somebody cut it. */
export function respellings(text: string): string[] {
  if (CUT.test(text)) return [];
  const visible = withoutInvisible(text);
  const plain = visible.replaceAll("\\", "").replace(DASHES, "-");
  return [visible, plain, plain.replace(OPENING, "").replace(CLOSING, "")];
}

/** Letters and digits alone, in lower case: what is left of a name in any spelling. */
export function squashed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "");
}

/** A key without what an encoded `&`, or one more `#` or `?`, leaves in front of it. */
export function bareKey(key: string): string {
  return squashed(key.replace(/^(?:(?:amp|#0*38|#x26);|[#?!/\s])+/i, ""));
}

/** The end of a link in HTML, such as `&quot;` or `&gt;`, or mere punctuation: nothing is said there. */
export function isNothing(key: string, text: string): boolean {
  return text === "" && (/^(?:quot|gt|lt|nbsp|apos|#\w+);?$/i.test(key) || squashed(key) === "");
}

/** The texts that may have become this one, itself first. */
export function* originals(link: string): Generator<string> {
  yield link;
  // Where an & is left, the link was not encoded as a whole.
  if (link.includes("&")) yield link.replace(/(^|&)([^=&]*?)%3D/gi, "$1$2=");
  // Quoted-printable, as in the source of a mail.
  yield link.replaceAll("=3D", "=");
  let decoded = link;
  for (let times = 0; times < ENCODED && /%[0-9a-f]{2}/i.test(decoded); times++) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      return;
    }
    yield decoded;
  }
}
