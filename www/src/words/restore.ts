/** What is said of files that hold settings, and of those that are to bring them back. */

export const weightsMissing = "The weights are missing";
export const startMissing = "The start picture is missing";
export const tooLarge = {
  png: "No picture of this page is that large.",
  json: "No settings file of this page is that large.",
};
/** Why nothing can be written into a picture. */
export const incompletePng = "not a complete PNG";
export const notJson = "It begins like JSON and is none: it may have been cut short.";
export const jsonWithoutSettings = "It is JSON, but no settings of this page: those have the key “vggscope”.";
export const settingsMissing = "Its settings are missing: they are to be an object under “settings”.";

export function cannotBeRestored(fileName: string): string {
  return `“${fileName}” cannot be restored`;
}

/** `found` is what stands in the file, whatever it is. */
export function otherVersion(found: string, known: number): string {
  return `It has version “${found}” of these settings, and this page knows version ${known} alone. Open it on the site it was saved from.`;
}

/** `start` is what the climb begins with instead. */
export function beganWithAPicture(start: string): string {
  return `These pictures began with a picture that is not in this file, or not whole. What is shown now begins with ${start}: choose that picture under Start to see the same.`;
}

export function madeWithWeightsIn(fileName: string): string {
  return `These pictures were made with the weights in “${fileName}”, a file on the disk of whoever saved them. Open it under Model to see the same pictures; what is shown now comes from other weights.`;
}
