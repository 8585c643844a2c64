/** The choice of model: those that come with the page and what they are not, those a link named, and a file from disk. */
import * as words from "../words/model";
import { byId, make, write } from "./dom";
import type { PageState } from "./state";

const TEXTURES = "weights/demo/";
/** The models that come with the page. */
export const SHIPPED = [
  { folder: TEXTURES, label: words.textures, short: words.texturesShort },
  { folder: "weights/untrained/", label: words.untrained, short: words.untrainedShort },
];

const SHORT: ReadonlyMap<string, string> = new Map(SHIPPED.map(({ folder, short }) => [folder, short]));

export function showModels(state: PageState): void {
  const radios = new Radios();
  const notImagenet = byId("not-imagenet", HTMLElement);
  const shown = byId("model-chosen", HTMLElement);
  let lastFile: File | undefined;
  const isUnusable = (key: string) => state.isUnusable(key === "" && lastFile ? lastFile : key);
  for (const { folder, label } of SHIPPED) radios.offer(folder, label, () => choose(state, folder));
  state.watch(({ weights }) => {
    const { file } = state;
    lastFile = file ?? lastFile;
    if (file) radios.offer("", words.fromDisk(file.name), () => state.openFile(file));
    else radios.offer(weights, words.fromLink(weights), () => choose(state, weights));
    const chosen = file ? "" : weights;
    radios.check(chosen);
    write(shown, file?.name ?? SHORT.get(weights) ?? words.lastPart(weights));
    radios.drop((key) => key !== chosen && !SHORT.has(key) && isUnusable(key));
    // Whoever brings weights knows what they were trained on, and random ones say what they are.
    notImagenet.hidden = file !== undefined || weights !== TEXTURES;
  });
}

function choose(state: PageState, weights: string): void {
  state.change({ weights });
}

interface Option {
  radio: HTMLInputElement;
  text: Text;
  chosen: () => void;
}

/** One radio for each model; the empty key is the file's. */
class Radios {
  readonly #fieldset = byId("models", HTMLFieldSetElement);
  readonly #options = new Map<string, Option>();

  /** A new one, or for the file new words on the one that is there. */
  offer(key: string, label: string, chosen: () => void): void {
    const present = this.#options.get(key);
    if (!present) this.#add(key, label, chosen);
    else if (key === "") {
      present.text.data = label;
      present.chosen = chosen;
    }
  }

  check(key: string): void {
    const option = this.#options.get(key);
    if (option) option.radio.checked = true;
  }

  /** Takes away those that `isGone` says. */
  drop(isGone: (key: string) => boolean): void {
    for (const [key, { radio }] of this.#options) {
      if (!isGone(key)) continue;
      radio.closest("label")?.remove();
      this.#options.delete(key);
    }
  }

  #add(key: string, label: string, chosen: () => void): void {
    const radio = make("input", { type: "radio", name: "model", value: key });
    const option = { radio, text: new Text(label), chosen };
    radio.addEventListener("change", () => option.chosen());
    this.#fieldset.append(make("label", { className: "choice" }, radio, option.text));
    this.#options.set(key, option);
  }
}
