/** Safari's engine: WebKitGTK's small browser, by WebDriver, on a screen that exists in memory only. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { env } from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Engine, type OtherBrowser, type OtherPage, program } from "./other-page";
import { WebDriver } from "./webdriver";

const driver = program("WebKitWebDriver");
const screen = program("Xvfb");
/** It is on no PATH; of several versions the newest. */
const LIST = "ls --reverse /usr/lib/*/webkit2gtk-4.*/MiniBrowser";
const [browser] = spawnSync("sh", ["-c", LIST], { encoding: "utf8" }).stdout.split("\n");

export const webkit: Engine = {
  found: Boolean(driver && screen && browser),
  launch: launchWebKit,
};

export async function launchWebKit(changes: NodeJS.ProcessEnv = {}): Promise<OtherBrowser> {
  const display = spawn(
    screen ?? "",
    ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    },
  );
  const number = await firstLine(display.stdio[3] as Readable);
  const port = await freePort();
  const server = spawn(driver ?? "", [`--port=${port}`], {
    stdio: "ignore",
    env: { ...env, LANG: "en_US.UTF-8", DISPLAY: `:${number}`, ...ALONE, ...changes },
  });
  const session = await WebDriver.connect(`http://127.0.0.1:${port}`, {
    "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] },
  });
  return {
    open: async (address) => {
      await session.goto(address);
      return pageOf(session);
    },
    close: async () => {
      await session.end();
      await Promise.all([server, display].map(end));
    },
  };
}

/** As root, in a container: no sandbox of its own, no graphics card, no bus of a desktop. */
const ALONE = {
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  WEBKIT_DISABLE_DMABUF_RENDERER: "1",
  LIBGL_ALWAYS_SOFTWARE: "1",
  GSETTINGS_BACKEND: "memory",
  NO_AT_BRIDGE: "1",
};

/** There is one window, which goes from page to page. */
function pageOf(session: WebDriver): OtherPage {
  return {
    evaluate: (work, ...given) => session.evaluate(work, given),
    click: (selector) => session.click(selector),
    press: (key) => session.press(key),
    close: () => session.goto("about:blank"),
  };
}

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error("Xvfb ended before it had a display");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}
