/** The panel that takes away what is on screen, as a reader handles it. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** A file that the page gave to the browser. */
export interface Taken {
  name: string;
  /** Where it lies on this machine. */
  path: string;
  bytes: Buffer;
}

export class TakePanel {
  readonly page: Page;
  readonly element: Locator;

  /** The grid's, or the open channel's. */
  constructor(page: Page, of: "grid" | "channel") {
    this.page = page;
    this.element = page.locator(of === "grid" ? ".stage .take" : ".tile-view .take");
  }

  async open(): Promise<void> {
    await this.element.locator("summary").click();
  }

  button(name: string): Locator {
    return this.element.getByRole("button", { name, exact: true });
  }

  /** What was said last. */
  said(): Promise<string> {
    return this.element.getByRole("status").innerText();
  }

  /** Presses a button that saves a file, and waits for it. */
  async take(name: string): Promise<Taken> {
    const coming = this.page.waitForEvent("download", { timeout: 60_000 });
    await this.button(name).click();
    const download = await coming;
    const path = await download.path();
    const bytes = await readFile(path);
    await expect.poll(() => this.said()).toContain(`Saved ${download.suggestedFilename()}`);
    return { name: download.suggestedFilename(), path, bytes };
  }
}

/** Drops a file onto the page. */
export async function dropFile(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.locator("body").evaluate(
    (target, file) => {
      const data = new DataTransfer();
      data.items.add(
        new File([Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0))], file.name),
      );
      for (const kind of ["dragover", "drop"]) {
        const how = { bubbles: true, cancelable: true, composed: true, dataTransfer: data };
        target.dispatchEvent(new DragEvent(kind, how));
      }
    },
    { name, base64: bytes.toString("base64") },
  );
}
