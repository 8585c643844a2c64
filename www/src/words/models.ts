/** What is said of the models that one can choose, before one of them is open. */
import { formatBytes } from "./numbers";

export function fromDisk(file: string): string {
  return `From disk: ${file}`;
}

export function fromLink(address: string): string {
  return `From the link: ${address}`;
}

export function whatItIs(note: string, licence: string): string {
  return `${note} Its licence is ${licence}.`;
}

/** A part is what a layer needs. */
export function comesInParts(host: string, part: { layer: string; bytes: number }, all: number): string {
  return `${fetchedFrom(host)} For ${part.layer} the page fetches ${formatBytes(part.bytes)}; the whole is ${formatBytes(all)}.`;
}

export function comesWhole(host: string, all: number): string {
  return `${fetchedFrom(host)} The page asks first, as it comes whole: ${formatBytes(all)}. The host may not let this page read it.`;
}

function fetchedFrom(host: string): string {
  return `It comes from ${host}, another host, when you choose it.`;
}

export function save(bytes: number): string {
  return `Save the file, ${formatBytes(bytes)}`;
}

/** Behind the link that saves. */
export const thenDropIt = ", then drop it on this page: that works whatever the host allows.";

export function pressEnter(name: string, host: string): string {
  return `“${name}” comes from ${host}. Enter opens it.`;
}

/** In a list, where there is no room for more. */
export function fromHost(name: string, host: string): string {
  return `${name}, from ${host}`;
}
