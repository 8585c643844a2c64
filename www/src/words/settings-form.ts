/** What the settings' controls say. */

/** `why` and `allowed` are pieces of sentences; `why` may be empty. */
export function refused(label: string, text: string, why: string, allowed: string): string {
  return `${label} is “${text.slice(0, 60)}”${why && `: ${why}`}. Allowed: ${allowed}.`;
}
