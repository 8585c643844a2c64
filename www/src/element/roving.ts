/** One stop of the Tab key for a whole grid; arrow keys, Home and End walk through it as it is laid out. */

import { useKeys } from "../dom/keys";

/** Makes the links in `grid` such a grid; those that come later too. */
export function rove(grid: HTMLElement): void {
  grid.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLAnchorElement)) return;
    for (const link of linksIn(grid)) link.tabIndex = link === target ? 0 : -1;
  });
  useKeys(grid, (event) => {
    const links = linksIn(grid);
    const from = links.indexOf(event.composedPath()[0] as HTMLAnchorElement);
    if (from === -1) return false;
    const to = destination(event.key, from, links.length, columnsOf(links), isRightToLeft(grid));
    if (to === undefined) return false;
    event.preventDefault();
    links[to]?.focus();
    return true;
  });
}

/** Where a key leads from the tile at `from`; undefined for keys that walk nowhere, and where there is nowhere to walk to. */
export function destination(
  key: string,
  from: number,
  count: number,
  columns: number,
  rightToLeft: boolean,
): number | undefined {
  const onward = rightToLeft ? -1 : 1;
  const steps: Record<string, number> = {
    ArrowRight: onward,
    ArrowLeft: -onward,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -from,
    End: count - 1 - from,
  };
  const step = steps[key];
  if (step === undefined || count < 2) return undefined;
  const to = from + step;
  return to >= 0 && to < count ? to : from;
}

function linksIn(grid: HTMLElement): HTMLAnchorElement[] {
  return [...grid.querySelectorAll("a")];
}

/** Tiles in the first row, as they are laid out: on the screen they may be turned. */
function columnsOf(links: readonly HTMLElement[]): number {
  const tops = links.map((link) => link.closest<HTMLElement>("[role=listitem]")?.offsetTop);
  const below = tops.findIndex((top) => top !== tops[0]);
  return below === -1 ? links.length : below;
}

function isRightToLeft(element: HTMLElement): boolean {
  return getComputedStyle(element).direction === "rtl";
}
