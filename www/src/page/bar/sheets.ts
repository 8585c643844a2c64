/** The sheets that the bar's choices open. The browser opens and closes them; here they get their place and their crosses. */
import { byId, CROSS, icon } from "../../dom/dom";

/** What is chosen in a sheet, beside what is written into fields. */
const CHOICES = [".choice", ".layer:not(.absent)", ".preset", "a[data-figure]", ".reach-pages a"].join();

/** Every sheet stands beneath the bar, as near to its choice as it fits. On a phone the style sheet puts it at the lower edge. */
export function readySheets(): void {
  for (const sheet of sheets()) {
    sheet.querySelector(".sheet-close")?.append(icon(CROSS));
    sheet.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") place(sheet);
    });
    // Who points at a choice wants to see its pictures. Keys walk from one to the next, and their clicks count none.
    sheet.addEventListener("click", ({ target, detail }) => {
      if (detail > 0 && target instanceof Element && target.closest(CHOICES)) sheet.hidePopover();
    });
  }
}

/** Opens a sheet that something else than its choice leads to. */
export function openSheet(id: string): void {
  byId(id, HTMLElement).showPopover();
}

/** Whatever is said above the pictures is not said under a sheet. */
export function closeSheets(): void {
  for (const sheet of sheets()) sheet.hidePopover();
}

function sheets(): NodeListOf<HTMLElement> {
  return document.querySelectorAll(".sheet");
}

function place(sheet: HTMLElement): void {
  const choice = document.querySelector(`[popovertarget="${sheet.id}"]:not([popovertargetaction])`);
  const bar = choice?.closest(".bar");
  if (!choice || !bar) return;
  sheet.style.setProperty("--bar-end", `${bar.getBoundingClientRect().bottom}px`);
  sheet.style.setProperty("--sheet-left", `${choice.getBoundingClientRect().left}px`);
}
