/** What is said where a part of the program is gone because the site was replaced by a newer version. */

export const siteUpdated =
  "A newer version of vggscope has replaced the one that this page runs, and this part of the old one is gone. Reload the page to get the newer version. What is drawn stays until then.";
export const reload = "Reload the page";
