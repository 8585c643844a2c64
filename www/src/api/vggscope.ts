import { defined } from "../basics/defined";
import { DEFAULTS } from "../basics/limits";
import { AscentRun, type RunOrder } from "../engine/ascent-run";
import { type Choice, chooseBackend } from "../engine/backend";
import { DEFAULT_MODEL, type OpenedEntry } from "../engine/catalogue/default-model";
import { Engine, type OpenOrder } from "../engine/engine";
import { checkActivationOptions, checkAscendOptions, checkOpenOptions } from "../engine/options";
import { browser, type Platform, withWasmAhead } from "../engine/platform";
import { asVggscopeError } from "../engine/shared/failure";
import type { WeightSource } from "../engine/shared/protocol";
import { loadPart } from "../engine/site-version";
import { entrySource, weightSource } from "../engine/source";
import { cachedWeights, clearCachedWeights } from "../engine/weight-cache";
import { VggscopeError } from "../public/errors";
import type {
  ActivationOptions,
  AdapterInfo,
  AscendOptions,
  Backend,
  CachedWeights,
  CanvasOptions,
  CatalogueModel,
  FeatureMap,
  Iterate,
  IterateFacts,
  ModelInfo,
  OpenOptions,
  Run,
} from "../public/types";
import * as backends from "../words/backend";
import { catalogueNotLoaded, openedFromDisk } from "../words/errors";
import * as words from "../words/options";

type AnyAscendOptions = AscendOptions & { canvases?: CanvasOptions["canvases"] | undefined };

/** VGG16 on one backend, ready to climb. Several may be open at once. */
export class Vggscope {
  readonly #engine: Engine;
  readonly #choice: Choice;

  private constructor(engine: Engine, choice: Choice) {
    this.#engine = engine;
    this.#choice = choice;
  }

  /** Starts an engine and reads what the model holds; its weights follow when a layer is asked for. */
  static async open(options: OpenOptions = {}): Promise<Vggscope> {
    checkOpenOptions(options);
    // Some browsers let scripts start from there, and no worker, wasm or weights.
    if (browser.siteRoot.startsWith("file:")) throw new VggscopeError("engine-unavailable", openedFromDisk);
    const asked = options.backend ?? "auto";
    const finding = sourceOf(options);
    // Whoever waits for it hears of it.
    finding.catch(() => undefined);
    const choice = await chooseBackend(asked, browser.gpu);
    // The wasm does not wait for the catalogue.
    const ahead = withWasmAhead(browser, choice.backend, options.signal);
    const source = await finding;
    try {
      return await Vggscope.#openOn(choice, source, options, ahead);
    } catch (error) {
      const failed = asVggscopeError(error, "engine-unavailable");
      const retry = asked === "auto" && choice.backend === "webgpu" && !failed.code.startsWith("weights-");
      if (!retry) throw failed;
      const reason = backends.webGpuFailed(failed.message);
      return await Vggscope.#openOn({ backend: "cpu", adapter: null, reason }, source, options, browser);
    }
  }

  static async #openOn(
    choice: Choice,
    source: ModelSource,
    options: OpenOptions,
    platform: Platform,
  ): Promise<Vggscope> {
    const { allowFullDownload = false, network, onProgress, signal } = options;
    const { backend, adapter } = choice;
    const expected = { ...source.expected, ...(network !== undefined && { network }) };
    const order = { ...source, backend, adapter, allowFullDownload, signal, expected };
    const engine = await Engine.open(order, platform, (progress) => onProgress?.(progress));
    return new Vggscope(engine, choice);
  }

  /** What this browser keeps of weights for this site; nothing where the page has no secure context. */
  static cachedWeights(): Promise<CachedWeights> {
    return cachedWeights();
  }

  /** Removes every kept weight file. Open scopes go on with what they hold; later ones fetch again. */
  static clearCachedWeights(): Promise<void> {
    return clearCachedWeights();
  }

  /** What computes. */
  get backend(): Backend {
    return this.#choice.backend;
  }

  /** Why this backend: a sentence. */
  get backendReason(): string {
    return this.#choice.reason;
  }

  /** The graphics adapter in use; null on the CPU. */
  get adapter(): AdapterInfo | null {
    return this.#choice.adapter;
  }

  /** What the weights say about themselves; channel counts are the file's once a layer is loaded. */
  get model(): ModelInfo {
    return this.#engine.model;
  }

  /** Bytes of weights fetched over the network so far; what this browser kept, or a file on this device, adds none. */
  get bytesFetched(): number {
    return this.#engine.bytesFetched;
  }

  /**
   * Starts climbing: from noise (or `start`), each channel's image moves up its mean activation, step by step.
   * Throws `invalid-option`, `unknown-option` or `duplicate-channel` at once; what the model or the engine
   * objects to rejects `finished` and the iteration.
   */
  ascend(options: AscendOptions & { canvases?: undefined }): Run<Iterate>;
  /** The same, drawn on canvases by the workers: the iterates carry facts only. */
  ascend(options: AscendOptions & CanvasOptions): Run<IterateFacts>;
  ascend(options: AnyAscendOptions): Run<IterateFacts> {
    checkAscendOptions(options);
    return new AscentRun(this.#engine, completeOrder(options, this.model));
  }

  /** The feature map of one channel on an image. */
  async activation(options: ActivationOptions): Promise<FeatureMap> {
    checkActivationOptions(options);
    const { layer, channel, image, width = DEFAULTS.width, height = DEFAULTS.height } = options;
    const preprocessing = options.preprocessing ?? this.model.preprocessing;
    return this.#engine.activation({ layer, channel, image, width, height, preprocessing });
  }

  /** Ends every run and frees everything; reading kept iterates then rejects with `closed`. */
  close(): void {
    this.#engine.close();
  }
}

type ModelSource = Pick<OpenOrder, keyof WeightSource | "stated" | "expected">;

/** Addresses count from the document, those of the catalogue from vggscope.js. */
async function sourceOf({ weights, allowFullDownload = false }: OpenOptions): Promise<ModelSource> {
  if (weights !== undefined && !isModel(weights)) return weightSource(weights, document.baseURI);
  const id = weights?.model ?? DEFAULT_MODEL.id;
  return entrySource(await entryOf(id, allowFullDownload), browser.siteRoot);
}

/** The catalogue is not read for its default, which every first picture waits for. */
async function entryOf(id: string, allowFullDownload: boolean): Promise<OpenedEntry> {
  if (id === DEFAULT_MODEL.id) return DEFAULT_MODEL;
  const { modelToOpen } = await loadPart(() => import("../engine/catalogue/open"), catalogueNotLoaded);
  return modelToOpen(id, allowFullDownload);
}

function isModel(weights: NonNullable<OpenOptions["weights"]>): weights is CatalogueModel {
  return typeof weights === "object" && "model" in weights;
}

function completeOrder(options: AnyAscendOptions, model: ModelInfo): RunOrder {
  const { width, height, iterations, learningRate, step, seed } = { ...DEFAULTS, ...defined(options) };
  const preprocessing = options.preprocessing ?? model.preprocessing;
  const start = options.start && { start: options.start };
  const settings = { layer: options.layer, width, height, learningRate, step, preprocessing, seed, ...start };
  const canvases = options.canvases && { canvases: options.canvases.map(offscreen) };
  return { settings, channels: [...options.channels], iterations, keep: options.keep ?? "all", ...canvases };
}

function offscreen(canvas: HTMLCanvasElement | OffscreenCanvas): OffscreenCanvas {
  if (canvas instanceof OffscreenCanvas) return canvas;
  try {
    return canvas.transferControlToOffscreen();
  } catch (error) {
    throw new VggscopeError("invalid-option", words.usedCanvas, { cause: error });
  }
}
