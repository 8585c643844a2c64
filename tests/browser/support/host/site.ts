/** A static host on this machine that counts what it sends and, where told to, serves it badly. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Mount } from "../mounts";
import type { Answer, Validator } from "./answer";
import { type Contents, NOTHING } from "./contents";
import { type Fault, faultyAnswer } from "./faults";
import { FaultBook, type Occasions } from "./occasions";
import { send } from "./sending";

export interface Served {
  method: string;
  /** The address within the site, with its query. */
  path: string;
  /** The part asked for, as the request's header says it; empty: all of it. */
  range: string;
  /** 0 while there is no answer. */
  status: number;
  /** Of the body, as far as they have been sent. */
  bytes: number;
  /** When it was asked, by this program's clock in milliseconds. */
  askedAt: number;
  /** When the last of these bytes left. */
  sentAt: number;
}

/** What other sites' pages ask before an unusual request: the site's own headers are the answer. */
const PREFLIGHT: Answer = { status: 204, headers: {}, body: NOTHING };

export interface SiteOptions {
  mounts: readonly Mount[];
  /** Headers of every answer. */
  headers?: Readonly<Record<string, string>>;
  validator?: Validator;
  /** Addresses that begin so may be kept by the browser; everything else is seen each time it is asked for. */
  cacheable?: string;
}

export class Site {
  /** Every request so far, also those left without an answer. */
  readonly served: Served[] = [];
  readonly #faults = new FaultBook();
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

  /** From now on this address (a path within the site) fails so, each time or on these occasions. */
  spoil(path: string, fault: Fault, occasions: Occasions = {}): void {
    this.#faults.add(path, fault, occasions);
  }

  /** Every address that starts so is answered well again. */
  mend(prefix = "/"): void {
    this.#faults.clear(prefix);
  }

  /** Requests for addresses that start so. */
  servedUnder(prefix: string): Served[] {
    return this.served.filter(({ path }) => path.startsWith(prefix));
  }

  /** Bytes of bodies sent for addresses that start so. */
  sentUnder(prefix: string): number {
    return this.servedUnder(prefix).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = request;
    const { pathname } = new URL(path, this.origin);
    const range = request.headers.range ?? "";
    const askedAt = performance.now();
    const entry: Served = { method, path, range, status: 0, bytes: 0, askedAt, sentAt: askedAt };
    this.served.push(entry);
    const fault = this.#faults.strike(pathname, method);
    const question = {
      pathname,
      range: request.headers.range,
      validator: this.#options.validator ?? "etag",
    };
    const file = await this.#read(pathname);
    const answer = method === "OPTIONS" ? PREFLIGHT : faultyAnswer(file, question, fault);
    if (!answer) return void (fault?.kind === "reset" && request.socket.destroy());
    entry.status = answer.status;
    response.writeHead(answer.status, {
      ...answer.headers,
      "cache-control": this.#mayBeKept(pathname) ? "max-age=3600" : "no-store",
      ...(fault?.kind === "cors-refused" ? {} : this.#options.headers),
    });
    if (method !== "GET") return void response.end();
    await send(response, answer, (bytes) => {
      entry.bytes += bytes;
      entry.sentAt = performance.now();
    });
  }

  #mayBeKept(pathname: string): boolean {
    return this.#options.cacheable !== undefined && pathname.startsWith(this.#options.cacheable);
  }

  async #read(pathname: string): Promise<Contents | undefined> {
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    for (const { prefix, read } of this.#options.mounts) {
      const file = path.startsWith(prefix) ? await read(path.slice(prefix.length)) : undefined;
      if (file) return file;
    }
    return undefined;
  }
}
