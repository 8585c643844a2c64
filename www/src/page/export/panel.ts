/** Controls to take away what is on screen: each kind of file a button, one file at a time, with its progress. */

import { copy } from "../../dom/clipboard";
import { make, write } from "../../dom/dom";
import { reloadButton } from "../../dom/message-panel";
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/take";
import { canEncode } from "./encoders";

/** How the work on a file is watched and ended. */
interface Watch {
  signal: AbortSignal;
  progress(share: number): void;
  wordless(): void;
}

/** What the panel takes from. */
export interface TakeSource {
  /** Whether there are pictures. */
  readonly ready: boolean;
  /** A sentence on what the exact images take. */
  arraysHint(): string;
  /** The address that leads to what is on screen. */
  link(): string;
  /** What it leaves out, in sentences; empty where nothing. */
  linkHint(): string;
  make(kind: words.FileKind, watch: Watch): Promise<{ name: string; file: Blob }>;
}

interface Row {
  title: string;
  hint: string;
  kinds: readonly words.FileKind[];
}

const ROWS: readonly Row[] = [
  { title: words.picture, hint: words.pictureHint, kinds: ["png"] },
  { title: words.animation, hint: words.animationHint, kinds: ["gif", "webm", "mp4"] },
  { title: words.numbers, hint: "", kinds: ["npz", "csv"] },
  { title: words.state, hint: words.stateHint, kinds: ["json"] },
];

/** An object URL must outlive the start of its download. */
const KEEP_MS = 60_000;

/** How long work has to be under way before it tells how long the rest takes. */
const SOON_MS = 1000;

/**
 * Whether another page decides if files are saved: the one around, or the one whose sandbox a page without an origin was opened
 * from. No script is told what it decides. Pages from disk have no origin either.
 */
const IN_ANOTHER = window.parent !== window || (self.origin === "null" && location.protocol !== "file:");

let panels = 0;

export class TakePanel {
  readonly element = make("details", { className: "take" });
  readonly #source: TakeSource;
  readonly #buttons = new Map<words.FileKind, HTMLButtonElement>();
  readonly #numbersHint = make("p", { className: "hint" });
  readonly #encodersHint = make("p", { className: "hint" });
  readonly #link = make("input", { type: "text", readOnly: true });
  readonly #linkHint = make("p", { className: "hint" });
  readonly #bar = make("progress", { max: 1, value: 0 });
  readonly #cancel = make("button", { type: "button" }, words.cancel);
  readonly #left = make("span", { className: "hint take-left" });
  readonly #work = make("div", { className: "take-work", hidden: true }, this.#bar, this.#left, this.#cancel);
  readonly #said = make("p", { className: "take-said" });
  #job: AbortController | undefined;
  #unable = new Set<words.FileKind>();

  constructor(title: string, source: TakeSource, restore?: HTMLElement) {
    this.#source = source;
    this.#said.setAttribute("role", "status");
    this.#bar.setAttribute("aria-label", words.writingTheFile);
    this.#cancel.addEventListener("click", () => this.#job?.abort(new Error(words.cancelled)));
    const rows = ROWS.map((row) => this.#row(row));
    rows
      .at(-1)
      ?.querySelector(".take-buttons")
      ?.append(...(restore ? [restore] : []));
    const all = make("div", { className: "take-rows" }, ...rows, this.#linkRow());
    this.element.append(make("summary", {}, title), all, this.#work, this.#said);
    this.element.addEventListener("toggle", () => this.element.open && this.#opened());
    this.refresh();
  }

  /** What can be taken has changed. */
  refresh(): void {
    if (!this.element.open) return;
    write(this.#numbersHint, this.#source.arraysHint());
    this.#link.value = this.#source.link();
    write(this.#linkHint, this.#source.linkHint());
    for (const [kind, button] of this.#buttons) {
      const idle = this.#job === undefined && (kind === "json" || this.#source.ready);
      button.setAttribute("aria-disabled", String(!idle || this.#unable.has(kind)));
    }
  }

  /** Ends the work on a file, if there is any, for a reason that the reader is told. */
  interrupt(why: string): void {
    this.#job?.abort(new Error(why));
  }

  #row({ title, hint, kinds }: Row): HTMLElement {
    const name = make("p", { id: `take-${++panels}`, className: "take-title" }, title);
    const buttons = make("div", { className: "take-buttons" }, ...kinds.map((kind) => this.#button(kind)));
    const row = make("div", { className: "take-row" }, name, buttons);
    row.setAttribute("role", "group");
    row.setAttribute("aria-labelledby", name.id);
    row.append(hint === "" ? this.#numbersHint : make("p", { className: "hint" }, hint));
    if (kinds.includes("mp4")) row.append(this.#encodersHint);
    return row;
  }

  #button(kind: words.FileKind): HTMLButtonElement {
    const button = make("button", { type: "button" }, words.kinds[kind]);
    button.dataset.kind = kind;
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") void this.#make(kind);
    });
    this.#buttons.set(kind, button);
    return button;
  }

  #linkRow(): HTMLElement {
    this.#link.id = `take-${++panels}`;
    const button = make("button", { type: "button" }, words.copy);
    button.setAttribute("aria-label", words.copyTheLink);
    button.addEventListener("click", async () => write(this.#said, await copy(this.#link.value, this.#link)));
    const field = make("div", { className: "field-row" }, this.#link, button);
    const label = make("label", { htmlFor: this.#link.id }, words.linkToScreen);
    this.#linkHint.id = `take-${++panels}`;
    this.#link.setAttribute("aria-describedby", this.#linkHint.id);
    return make("div", { className: "take-row setting" }, label, field, this.#linkHint);
  }

  async #opened(): Promise<void> {
    this.refresh();
    const able = await Promise.all(
      (["webm", "mp4"] as const).map(async (kind) => [kind, await canEncode(kind)] as const),
    );
    this.#unable = new Set(able.flatMap(([kind, can]) => (can ? [] : [kind])));
    const unable = [...this.#unable];
    write(this.#encodersHint, unable.length > 0 ? words.cannotWrite(unable, isSecureContext) : "");
    this.refresh();
  }

  async #make(kind: words.FileKind): Promise<void> {
    const job = new AbortController();
    this.#job = job;
    this.#bar.value = 0;
    write(this.#left, "");
    this.#work.hidden = false;
    write(this.#said, words.writing(kind));
    this.refresh();
    const begun = performance.now();
    const progress = (share: number) => {
      this.#bar.value = share;
      write(this.#left, timeLeft(share, performance.now() - begun));
    };
    let complete = true;
    const wordless = () => {
      complete = false;
    };
    try {
      const { name, file } = await this.#source.make(kind, { signal: job.signal, progress, wordless });
      save(name, file);
      write(this.#said, words.saved(name, file.size, complete, !IN_ANOTHER));
    } catch (error) {
      this.#complain(error);
    } finally {
      this.#job = undefined;
      this.#end();
    }
  }

  #complain(error: unknown): void {
    write(this.#said, error instanceof Error ? error.message : String(error));
    if (error instanceof VggscopeError && error.code === "site-updated")
      this.#said.append(" ", reloadButton());
  }

  /** The button that ended the work goes; the focus does not get lost with it. */
  #end(): void {
    const held = this.#work.contains(document.activeElement);
    this.#work.hidden = true;
    this.refresh();
    if (held) this.#buttons.get("png")?.focus();
  }
}

/** The work is even: what is left takes as long for each part as what is done. */
function timeLeft(share: number, milliseconds: number): string {
  if (milliseconds < SOON_MS || share === 0 || share === 1) return "";
  return words.left((milliseconds * (1 - share)) / share / 1000);
}

function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}
