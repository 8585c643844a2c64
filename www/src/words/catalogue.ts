/** What is said of the catalogue of models: of what is wrong with it, and of models that it lacks. */

/** What is allowed, as pieces of sentences. */
export const allowed = {
  id: "at most 64 small letters and digits, with single dots, dashes and underscores between them, but not “none”",
  bytes: (most: number) => `a whole number from 1 to ${most.toLocaleString("en")}`,
  sources: (most: number) =>
    `a list of 1 to ${most} addresses, each http, https or relative, without a password`,
  digests: "an object with a SHA-256 in small hexadecimal digits for each layer that it names",
  download: "an object with url (http or https), bytes, and md5 or sha256 in small hexadecimal digits",
  text: (most: number) => `a text of 1 to ${most} characters, none of them invisible`,
  oneOf: (values: readonly string[]) => values.join(", "),
};

/** As much of somebody's value as a sentence has room for. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "missing");
  const visible = text.replace(/[\p{Cc}\p{Cf}]/gu, "�");
  return visible.length > 60 ? `${visible.slice(0, 60)}…` : visible;
}

const LEFT_OUT = "The entry is left out.";

export function refused(
  at: number,
  id: unknown,
  { key, value, allowed }: { key: string; value: unknown; allowed: string },
): string {
  const named = key === "id" ? `Entry ${at}` : `Entry ${at} (“${shown(id)}”)`;
  const what = value === undefined ? `${key} is missing` : `${key} is “${shown(value)}”`;
  return `${named} of models.json: ${what}. Allowed: ${allowed}. ${LEFT_OUT}`;
}

export function noEntry(at: number): string {
  return `Entry ${at} of models.json is no object. ${LEFT_OUT}`;
}

export function twice(at: number, id: string): string {
  return `Entry ${at} of models.json has the id “${id}”, which an entry before it has. ${LEFT_OUT}`;
}

export function tooMany(count: number, most: number): string {
  return `models.json lists ${count.toLocaleString("en")} models. The first ${most} are offered.`;
}

export function noDefault(wanted: unknown, instead: string): string {
  return `The default of models.json is “${shown(wanted)}”, and no entry has that id. It is taken for “${instead}”.`;
}

export function moreProblems(count: number): string {
  return `${count} more things are wrong with models.json.`;
}

const ONLY_SHIPPED = "Only the models that come with the page are offered.";

export const noModels = `models.json has no entry that can be used. ${ONLY_SHIPPED}`;
export const noList = `models.json has no list “models”. ${ONLY_SHIPPED}`;

export function tooLong(most: number): string {
  return `models.json is longer than ${most.toLocaleString("en")} characters. ${ONLY_SHIPPED}`;
}

/** `detail` is what the parser says. */
export function notJson(detail: string): string {
  return `models.json is not JSON (${shown(detail)}). ${ONLY_SHIPPED}`;
}

/** `detail` is what the browser says. */
export function notLoaded(address: string, detail: string): string {
  return `The catalogue ${address} could not be read (${shown(detail)}). ${ONLY_SHIPPED} Check the connection, then reload the page.`;
}

/** The site's pages have the default's entry built in. */
export function otherDefault(built: string, said: string): string {
  return built === said
    ? `models.json says something else of its default “${built}” than this page was built with. The page keeps to what it was built with; build it again with this file.`
    : `The default of models.json is “${said}”, and this page was built with “${built}”. The page opens “${built}”; build it again with this file.`;
}

/** `problems` are those of the catalogue itself. */
export function noSuchModel(id: string, ids: readonly string[], problems: readonly string[]): string {
  const known = ids.map((one) => `“${one}”`).join(", ");
  const sentence = `There is no model “${shown(id)}”. The models are ${known}. Choose one of them.`;
  return [sentence, ...problems].join(" ");
}

/** Of a file that can only be had whole, before its host is asked for anything. */
export function comesWhole(name: string, host: string): string {
  return `“${name}” comes as one file from ${host}, another host. No part of it can be read alone, so it is fetched whole, when you agree. That host was not asked for anything yet.`;
}
