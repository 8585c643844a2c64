/** What a frame in another page says beside its pictures. */

export const openInVggscope = "Open in vggscope";
export const linkNotUnderstood = "The link was not fully understood";
