/** Engines that elements share: one for each model on each backend, open for as long as somebody holds it. */
import type { OpenOptions, WeightProgress } from "../public/types";

export type Wanted = Required<Pick<OpenOptions, "weights" | "network" | "backend" | "allowFullDownload">>;

type Listener = (progress: WeightProgress) => void;
type Open<T> = (options: OpenOptions) => Promise<T>;

interface Entry<T> {
  wanted: Wanted;
  scope: Promise<T>;
  controller: AbortController;
  /** One for each holder. */
  listeners: Set<Listener>;
}

/** A holder's part in an engine, until it is released. */
export interface Lease<T> {
  readonly wanted: Wanted;
  readonly scope: Promise<T>;
  /** Whether others who want the same would get this engine: not after it failed, or after `spoil`. */
  readonly current: boolean;
  /** Nobody else shall get this engine; those who hold it keep it. */
  spoil(): void;
  /** With the last holder the engine goes, or the opening of it ends. */
  release(): void;
}

export class SharedScopes<T extends { close(): void }> {
  readonly #open: Open<T>;
  readonly #entries = new Set<Entry<T>>();

  constructor(open: Open<T>) {
    this.#open = open;
  }

  /** The engine for what is wanted, opened where nobody has it yet; `listener` is told of weights on their way. */
  lease(wanted: Wanted, listener: Listener): Lease<T> {
    const entry = [...this.#entries].find((present) => same(present.wanted, wanted)) ?? this.#begin(wanted);
    const entries = this.#entries;
    // A function of its own, so that each holder counts once.
    const mine: Listener = (progress) => listener(progress);
    entry.listeners.add(mine);
    return {
      wanted,
      scope: entry.scope,
      get current() {
        return entries.has(entry);
      },
      spoil: () => entries.delete(entry),
      release: () => {
        if (entry.listeners.delete(mine) && entry.listeners.size === 0) this.#end(entry);
      },
    };
  }

  #begin(wanted: Wanted): Entry<T> {
    const listeners = new Set<Listener>();
    const controller = new AbortController();
    const onProgress = (progress: WeightProgress) => {
      for (const listener of listeners) listener(progress);
    };
    const scope = this.#open({ ...wanted, onProgress, signal: controller.signal });
    const entry = { wanted, scope, controller, listeners };
    this.#entries.add(entry);
    // Whoever tries again gets a new one.
    scope.catch(() => this.#entries.delete(entry));
    return entry;
  }

  #end(entry: Entry<T>): void {
    this.#entries.delete(entry);
    entry.controller.abort();
    entry.scope.then((scope) => scope.close()).catch(() => undefined);
  }
}

export function same(one: Wanted, other: Wanted): boolean {
  const { weights, network, backend, allowFullDownload } = one;
  const alike = backend === other.backend && allowFullDownload === other.allowFullDownload;
  return alike && network === other.network && sameWeights(weights, other.weights);
}

/** The same file or address, or a model of the same id. */
export function sameWeights(one: OpenOptions["weights"], other: OpenOptions["weights"]): boolean {
  return one === other || (idOf(one) !== undefined && idOf(one) === idOf(other));
}

function idOf(weights: OpenOptions["weights"]): string | undefined {
  return typeof weights === "object" && "model" in weights ? weights.model : undefined;
}
