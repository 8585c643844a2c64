/**
 * The page's settings, and what is looked at: changed by controls and links, kept in the address, told to whoever
 * listens. A weight file from disk takes the place of the link's weights, and a picture that of its start, but no link can
 * carry either.
 */
import { DEFAULT_MODEL } from "../../engine/catalogue/default-model";
import { queryBeside, readLink, writeLink } from "../../settings/link";
import { changed, modelKey, type Problem, type Settings } from "../../settings/table";
import { type View, WHOLE_GRID } from "../../settings/view";
import type { StartPicture } from "./start-picture";

/** What a history entry of an open channel remembers. */
interface Opened {
  /** How many entries back the one of the grid is, or of the link that the reader came by. */
  back: number;
  /** Whether that was the grid, and which iterate it showed; null: the newest. */
  grid: { iteration: number | null } | undefined;
}

/** What an entry remembers from which channels were opened: one of a link that was just followed remembers nothing. */
const LEFT = { left: true };

type Listener = (settings: Settings, problems: readonly Problem[]) => void;
type ViewListener = (view: View) => void;

export class PageState {
  readonly #window: Pick<Window, "location" | "history" | "addEventListener">;
  readonly #listeners: Listener[] = [];
  readonly #viewListeners: ViewListener[] = [];
  #settings: Settings;
  #view: View;
  #problems: readonly Problem[];
  #file: File | undefined;
  #picture: StartPicture | undefined;
  /** Models of links that could not be opened, by their keys, and files. */
  readonly #unusable = new Set<string | File>();
  /** The link's model that was opened last. */
  #opened: Partial<Settings> = { model: DEFAULT_MODEL.id };
  /** On the way back through the history to the entry that is to say what is looked at now. */
  #returning = false;
  /** The fragment as it was read or written last. Browsers tell of another one only some time after the address has it. */
  #fragment: string;

  constructor(page: Pick<Window, "location" | "history" | "addEventListener">) {
    this.#window = page;
    const { hash, search } = page.location;
    const { settings, view, problems, mended } = readLink(hash, search);
    this.#fragment = hash;
    this.#settings = settings;
    this.#view = view;
    this.#problems = problems;
    if (mended) this.#tidy();
    // Back, forward, links within the page and hand-written addresses all end here.
    page.addEventListener("hashchange", () => this.#follow());
    page.addEventListener("popstate", () => this.#arrive());
  }

  get settings(): Settings {
    return this.#settings;
  }

  get view(): View {
    return this.#view;
  }

  /** The weight file from disk, where one is open instead of the link's weights. */
  get file(): File | undefined {
    return this.#file;
  }

  /** The picture that climbs start from, where one takes the place of the link's start. */
  get picture(): StartPicture | undefined {
    return this.#picture;
  }

  /** Calls `listener` now and after every change of settings. */
  watch(listener: Listener): void {
    this.#listeners.push(listener);
    listener(this.#settings, this.#problems);
  }

  /** Calls `listener` now and after every change of what is looked at. */
  watchView(listener: ViewListener): void {
    this.#viewListeners.push(listener);
    listener(this.#view);
  }

  /** The link to this page with another view, or with other settings too. */
  linkTo(view: View, changes: Partial<Settings> = {}): string {
    return writeLink(changed(this.#settings, changes), view);
  }

  /** Goes where a link's fragment says, as if somebody had followed it; a climb then begins with this picture, or with none. */
  restore(fragment: string, picture: StartPicture | undefined): void {
    this.#read(fragment);
    this.#picture = picture;
    this.#write("pushState", null);
    this.#tell();
  }

  /** Opens a file in place of the link's weights, until other weights are chosen. A link to weights that cannot be opened helps nobody. */
  openFile(file: File): void {
    this.#file = file;
    this.#problems = [];
    if (this.#unusable.has(modelKey(this.#settings))) this.#settings = changed(this.#settings, this.#opened);
    this.#view = { ...this.#view, ...WHOLE_GRID };
    this.#write("replaceState", null);
    this.#tell();
  }

  /** Whether a model, by its key, or a file was tried last and could not be opened. */
  isUnusable(what: string | File): boolean {
    return this.#unusable.has(what);
  }

  /** Takes note of whether what was to be opened could be. */
  tried(usable: boolean): void {
    const what = this.#file ?? modelKey(this.#settings);
    if (!usable) {
      this.#unusable.add(what);
      return;
    }
    this.#unusable.delete(what);
    if (what === this.#file) return;
    const { model, weights } = this.#settings;
    this.#opened = weights === undefined ? { model } : { weights };
  }

  /** Starts from a picture in place of the link's start, until another start is chosen. */
  usePicture(picture: StartPicture): void {
    this.#picture = picture;
    this.#problems = [];
    this.rest(WHOLE_GRID);
    this.#tell();
  }

  /** Changes some settings and writes all of them into the link. What was looked at belonged to the run before, `view` to this one; a tour goes on. */
  change(changes: Partial<Settings>, view: View = WHOLE_GRID): void {
    if (changes.model !== undefined || changes.weights !== undefined) this.#file = undefined;
    if (changes.startFrom !== undefined) this.#picture = undefined;
    this.#settings = changed(this.#settings, changes);
    this.#view = { ...this.#view, ...view };
    this.#problems = [];
    this.#write("pushState", null);
    this.#tell();
  }

  /** Looks at something else, from where the browser's Back leads here again. */
  look(changes: Partial<View>): void {
    const before = this.#view;
    const { location, history } = this.#window;
    if (history.state === null) history.replaceState(LEFT, "", location.hash);
    this.#view = { ...before, ...changes };
    const opened = this.#view.channel === undefined ? null : this.#openedFrom(before);
    this.#write("pushState", opened);
    this.#tellView();
  }

  /** From an open channel to the grid, as the browser's Back leads there: going on back does not open the channel again. */
  close(): void {
    if (this.#leftBehind()) return;
    const opened = openedIn(this.#window.history.state);
    const iteration = opened?.grid ? (opened.grid.iteration ?? undefined) : this.#view.iteration;
    this.#view = { ...this.#view, channel: undefined, iteration };
    if (opened) {
      this.#returning = true;
      this.#window.history.go(-opened.back);
    } else this.#write("replaceState", null);
    this.#tellView();
  }

  #openedFrom(before: View): Opened {
    const { back, grid } = openedIn(this.#window.history.state) ?? { back: 0, grid: undefined };
    const here = before.channel === undefined ? { iteration: before.iteration ?? null } : grid;
    return { back: before.channel === undefined ? 1 : back + 1, grid: here };
  }

  /**
   * The entry is an older one: playing speed, program and the like may have changed since. If it is a new one, a link was
   * followed before the way back began; that then ends at an entry before the link's, which takes its place.
   */
  #arrive(): void {
    if (!this.#returning || this.#window.history.state === null) return;
    this.#returning = false;
    this.#write("replaceState", LEFT);
  }

  /** Writes where a movement came to rest into the link, in place of where it began. */
  rest(changes: Partial<View>): void {
    if (this.#leftBehind()) return;
    const view = { ...this.#view, ...changes };
    if (this.linkTo(view) === this.linkTo(this.#view)) return;
    this.#view = view;
    this.#write("replaceState", this.#window.history.state);
    this.#tellView();
  }

  /** Whether a link was followed that is not read yet: nothing that belongs to the one before may be written over it. */
  #leftBehind(): boolean {
    return this.#window.location.hash !== this.#fragment;
  }

  #follow(): void {
    if (this.#read(this.#window.location.hash)) this.#tidy();
    this.#tell();
  }

  /** The address becomes the link that it was before it was changed on its way. */
  #tidy(): void {
    const { pathname, search } = this.#window.location;
    this.#write("replaceState", null, pathname + queryBeside(search));
  }

  /** Into the address, behind its path. */
  #write(how: "pushState" | "replaceState", entry: unknown, path = ""): void {
    this.#window.history[how](entry, "", path + this.linkTo(this.#view));
    this.#fragment = this.#window.location.hash;
  }

  /** Answers whether the link had been changed on its way. */
  #read(fragment: string): boolean {
    const before = this.#settings;
    const { settings, view, problems, mended } = readLink(fragment);
    this.#fragment = this.#window.location.hash;
    this.#settings = settings;
    this.#view = view;
    this.#problems = problems;
    if (modelKey(settings) !== modelKey(before)) this.#file = undefined;
    if (settings.startFrom !== before.startFrom) this.#picture = undefined;
    return mended;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#settings, this.#problems);
    this.#tellView();
  }

  #tellView(): void {
    for (const listener of this.#viewListeners) listener(this.#view);
  }
}

/** History entries may be of another version of this page. */
function openedIn(state: unknown): Opened | undefined {
  if (typeof state !== "object" || state === null || !("back" in state) || !("grid" in state))
    return undefined;
  return state as Opened;
}
