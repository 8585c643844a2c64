/** A static host on this machine that counts what it serves and, where told to, serves it badly. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import type { Mount } from "./mounts";

/** What can be wrong with the answer to one address. */
export type Fault =
  | { kind: "status"; status: number }
  /** A web page, with status 200, in place of the file. */
  | { kind: "web-page" }
  /** Only so many bytes, and a length header that agrees with them. */
  | { kind: "short"; bytes: number }
  /** The right length promised, and the connection closed after so many bytes. */
  | { kind: "cut"; bytes: number }
  /** One bit of this byte is wrong. */
  | { kind: "flip"; at: number }
  /** No answer at all, and no end. */
  | { kind: "stall" }
  /** The connection is closed before any answer. */
  | { kind: "reset" };

export interface Served {
  /** The address within the site, with its query. */
  path: string;
  status: number;
  /** Of the body. */
  bytes: number;
}

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

const WEB_PAGE = Buffer.from("<!doctype html><title>Welcome</title><p>Nothing of that name here.");

export interface SiteOptions {
  mounts: readonly Mount[];
  /** Headers of every answer. */
  headers?: Readonly<Record<string, string>>;
}

export class Site {
  /** Every request so far, also those left without an answer. */
  readonly served: Served[] = [];
  readonly #faults = new Map<string, Fault>();
  readonly #options: SiteOptions;
  readonly #server: Server;

  private constructor(options: SiteOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(options: SiteOptions): Promise<Site> {
    const site = new Site(options);
    await new Promise<void>((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on this address (a path within the site) fails so. */
  spoil(path: string, fault: Fault): void {
    this.#faults.set(path, fault);
  }

  /** Every address is answered well again. */
  mend(): void {
    this.#faults.clear();
  }

  /** Requests for addresses that start so. */
  servedUnder(prefix: string): Served[] {
    return this.served.filter(({ path }) => path.startsWith(prefix));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const { pathname } = new URL(path, this.origin);
    const entry: Served = { path, status: 0, bytes: 0 };
    this.served.push(entry);
    const fault = this.#faults.get(pathname);
    if (fault?.kind === "stall") return;
    if (fault?.kind === "reset") return void request.socket.destroy();
    const file = await this.#read(pathname);
    entry.status = fault?.kind === "status" ? fault.status : file ? 200 : 404;
    const { body, promised } = spoilt(entry.status === 200 ? file : undefined, fault);
    response.writeHead(entry.status, {
      "content-type": fault?.kind === "web-page" ? TYPES[".html"] : typeOf(pathname),
      "content-length": promised,
      // Whatever is asked for twice shall be seen twice.
      "cache-control": "no-store",
      ...this.#options.headers,
    });
    entry.bytes = body.length;
    if (body.length === promised) response.end(body);
    else response.write(body, () => request.socket.destroy());
  }

  async #read(pathname: string): Promise<Buffer | undefined> {
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    for (const { prefix, read } of this.#options.mounts) {
      const file = path.startsWith(prefix) ? await read(path.slice(prefix.length)) : undefined;
      if (file) return file;
    }
    return undefined;
  }
}

function typeOf(pathname: string): string {
  return TYPES[extname(pathname) || ".html"] ?? "application/octet-stream";
}

/** What goes out, and the length promised. */
function spoilt(
  file: Buffer = Buffer.alloc(0),
  fault: Fault | undefined,
): { body: Buffer; promised: number } {
  if (fault?.kind === "web-page") return { body: WEB_PAGE, promised: WEB_PAGE.length };
  if (fault?.kind === "short") return { body: file.subarray(0, fault.bytes), promised: fault.bytes };
  if (fault?.kind === "cut") return { body: file.subarray(0, fault.bytes), promised: file.length };
  if (fault?.kind === "flip") return { body: flipped(file, fault.at), promised: file.length };
  return { body: file, promised: file.length };
}

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
