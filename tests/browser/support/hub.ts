/**
 * A hub of models on this machine that behaves as the public one does (https://huggingface.co/docs/hub/models-downloading): the
 * address of a file at a commit leads to a signed one on another origin, which holds for a while and for GET alone.
 * Neither allows what a page would have to ask for beforehand.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { type Answer, answer, lengthOf } from "./host/answer";
import { type Contents, entityTag, NOTHING, part } from "./host/contents";
import { send } from "./host/sending";

export const COMMIT = "3394518cba29aee1ea82a49d971be90d2dd1dab7";

/** Of the two origins: the one that people know, and the one that has the bytes. */
export type HubHost = "hub" | "store";

export interface Asked {
  host: HubHost;
  method: string;
  path: string;
  range: string;
  /** All names of the request's headers. */
  headers: readonly string[];
  status: number;
  bytes: number;
}

export type HubFault =
  /** The connection is closed before any answer: a school lets nothing through. */
  | { kind: "blocked"; host: HubHost }
  /** There is no such commit. */
  | { kind: "stale"; revision: string }
  /** The signed address no longer holds, so many times, after so many parts that came. */
  | { kind: "expired"; times: number; after?: number }
  /** Too many requests; it says after how many seconds to ask again. */
  | { kind: "limit"; seconds: number; times: number }
  /** Everything, whatever part was asked for. */
  | { kind: "ignore-range" }
  /** The headers of parts are hidden from pages. */
  | { kind: "hidden-headers" }
  | { kind: "slow"; bytesPerSecond: number; delayMs: number };

/** A browser that may not read when to ask again asks in its own time. */
const EXPOSED =
  "X-Repo-Commit, X-Linked-Size, X-Linked-ETag, ETag, Link, Accept-Ranges, Content-Range, Retry-After";

export class Hub {
  readonly asked: Asked[] = [];
  readonly #files: ReadonlyMap<string, Contents>;
  readonly #servers: Record<HubHost, Server>;
  #fault: HubFault | undefined;
  #left = 0;
  #signatures = 0;

  private constructor(files: ReadonlyMap<string, Contents>) {
    this.#files = files;
    const server = (host: HubHost) =>
      createServer((request, response) => void this.#answer(host, request, response));
    this.#servers = { hub: server("hub"), store: server("store") };
  }

  /** Files by `model/file`: every owner has them, so that each test has addresses of its own. */
  static async open(files: Readonly<Record<string, Contents>>): Promise<Hub> {
    const hub = new Hub(new Map(Object.entries(files)));
    for (const server of Object.values(hub.#servers))
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return hub;
  }

  origin(host: HubHost): string {
    return `http://127.0.0.1:${(this.#servers[host].address() as AddressInfo).port}`;
  }

  /** The address that people know. */
  address(model: string, file: string, revision: string): string {
    return `${this.origin("hub")}/${model}/resolve/${revision}/${file}`;
  }

  /** From now on it fails so. */
  spoil(fault: HubFault | undefined): void {
    this.#fault = fault;
    this.#left = fault && "times" in fault ? fault.times : Number.POSITIVE_INFINITY;
    this.asked.length = 0;
  }

  bytes(host: HubHost): number {
    return this.asked.filter((one) => one.host === host).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async close(): Promise<void> {
    for (const server of Object.values(this.#servers)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #answer(host: HubHost, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = request;
    const range = request.headers.range ?? "";
    const headers = Object.keys(request.headers);
    const entry: Asked = { host, method, path, range, headers, status: 0, bytes: 0 };
    this.asked.push(entry);
    const fault = this.#fault;
    if (fault?.kind === "blocked" && fault.host === host) return void request.socket.destroy();
    if (fault?.kind === "slow") await after(fault.delayMs);
    const found = host === "hub" ? this.#redirected(method, path) : this.#part(method, path, range);
    entry.status = found.status;
    const shown = this.#fault?.kind === "hidden-headers" ? {} : { "access-control-expose-headers": EXPOSED };
    response.writeHead(found.status, {
      ...found.headers,
      ...shown,
      "access-control-allow-origin": request.headers.origin ?? "*",
      vary: "Origin",
      "cache-control": "no-store",
    });
    if (method !== "GET") return void response.end();
    await send(response, found, (bytes) => {
      entry.bytes += bytes;
    });
  }

  #redirected(method: string, path: string): Answer {
    const [, model, revision, file] = /^\/([\w.-]+\/[\w.-]+)\/resolve\/(\w+)\/([\w.-]+)$/.exec(path) ?? [];
    const fault = this.#fault;
    if (method === "OPTIONS") return empty(403);
    const unknown =
      !this.#files.has(unowned(`${model}/${file}`)) ||
      (fault?.kind === "stale" && fault.revision === revision);
    if (unknown) return empty(404);
    if (fault?.kind === "limit" && this.#strikes())
      return empty(429, { "retry-after": String(fault.seconds) });
    this.#signatures += 1;
    const location = `${this.origin("store")}/${model}/${file}?X-Expires=3600&X-Signature=${this.#signatures}`;
    return empty(302, { location, "x-repo-commit": COMMIT });
  }

  #part(method: string, path: string, range: string): Answer {
    const { pathname, searchParams } = new URL(path, this.origin("store"));
    const file = this.#files.get(unowned(pathname.slice(1)));
    const fault = this.#fault;
    // Signed for GET and nothing else, and only what was signed here.
    const signed = method === "GET" && Number(searchParams.get("X-Signature")) <= this.#signatures;
    const given = this.asked.filter(({ host, status }) => host === "store" && status === 206).length;
    const expired = fault?.kind === "expired" && given >= (fault.after ?? 0) && this.#strikes();
    if (!signed || expired) return empty(403);
    const asked = fault?.kind === "ignore-range" || range === "" ? undefined : range;
    const question = { pathname, range: asked, validator: "none" as const };
    const found = answer(file, question);
    const headers = { ...found.headers, ...(file && { etag: entityTag(part(file, 0, 1)) }) };
    const slow = fault?.kind === "slow" ? { bytesPerSecond: fault.bytesPerSecond } : {};
    return { ...found, ...slow, headers };
  }

  #strikes(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}

/** Without the owner at its beginning. */
function unowned(path: string): string {
  return path.slice(path.indexOf("/") + 1);
}

function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers: { ...headers, ...lengthOf(NOTHING) }, body: NOTHING };
}
