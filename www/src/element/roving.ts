/** One stop of the Tab key for a whole grid; arrow keys, Home and End walk through it as it is laid out. */

/** Makes the links in `grid` such a grid; those that come later too. */
export function rove(grid: HTMLElement): void {
  grid.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLAnchorElement)) return;
    for (const link of linksIn(grid)) link.tabIndex = link === target ? 0 : -1;
  });
  grid.addEventListener("keydown", (event) => {
    const { target, key, altKey, ctrlKey, metaKey } = event;
    if (!(target instanceof HTMLAnchorElement) || altKey || ctrlKey || metaKey) return;
    const links = linksIn(grid);
    const to = destination(key, links.indexOf(target), links.length, columnsOf(links), isRightToLeft(grid));
    if (to === undefined) return;
    event.preventDefault();
    links[to]?.focus();
  });
}

/** Where a key leads from the tile at `from`; undefined where it leads nowhere. */
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
  if (step === undefined) return undefined;
  const to = from + step;
  return to >= 0 && to < count ? to : from;
}

function linksIn(grid: HTMLElement): HTMLAnchorElement[] {
  return [...grid.querySelectorAll("a")];
}

/** Tiles in the first row. */
function columnsOf(links: readonly HTMLElement[]): number {
  const top = links[0]?.getBoundingClientRect().top;
  const below = links.findIndex((link) => link.getBoundingClientRect().top !== top);
  return below === -1 ? links.length : below;
}

function isRightToLeft(element: HTMLElement): boolean {
  return getComputedStyle(element).direction === "rtl";
}
