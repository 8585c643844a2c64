/** What is said of errors on the worker's side. */

export const iteratesReleased = "The iterates of this run were released.";
export const engineNotStarted = "The engine has not started.";
export const noModel = "No model is open.";

export function notInRun(channel: number): string {
  return `Channel ${channel} is not part of this run.`;
}

export function notInBatch(channel: number): string {
  return `Channel ${channel} is missing from its own batch.`;
}

/** `newest` is the newest iterate that a channel has; undefined: none. */
export function notKept(
  channel: number,
  iteration: number,
  newest: number | undefined,
  keep: "all" | "last",
): string {
  const only = keep === "last" ? `only iterate ${newest} of this channel is kept` : "";
  const what =
    newest === undefined
      ? "nothing of this channel is kept"
      : only || `iterates 0 to ${newest} of this channel are kept`;
  const remedy = keep === "last" ? ' Start the run with keep: "all" to read every iterate again.' : "";
  return `Iterate ${iteration} of channel ${channel} cannot be read: ${what}.${remedy}`;
}

export function readerNotLoaded(cause: unknown): string {
  return `The reader of this kind of file could not be loaded (${String(cause)}). Check the connection, then try again; if that does not help, reload the page.`;
}

/** `name` is the file's; `said` is what the panic says. */
export function readerStopped(name: string, said: string): string {
  return `${name} made its reader stop (${said}); download or export it again.`;
}
