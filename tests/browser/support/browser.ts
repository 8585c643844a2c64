/** The browser that every test drives. */
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Of every Chromium that tests start. */
export const ARGUMENTS = [
  // Chromium offers WebGPU without a graphics processor only when told to.
  "--enable-unsafe-webgpu",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";

export function launch(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: [...ARGUMENTS, ...more] });
}

/** A page of its own profile, and every uncaught error in it. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; context: BrowserContext; errors: string[] }> {
  // Most tests count requests: only those of the service worker itself have one.
  const context = await browser.newContext({ serviceWorkers: "block", ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  return { page, context, errors };
}
