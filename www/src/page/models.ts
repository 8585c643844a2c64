/** The choice of model: those that come with the page and what they are not, those a link named, and a file from disk. */
import * as words from "../words/model";
import { byId, make } from "./dom";
import type { PageState } from "./state";

const TEXTURES = "weights/demo/";
/** The models that come with the page. */
export const SHIPPED = [
  { folder: TEXTURES, label: words.textures },
  { folder: "weights/untrained/", label: words.untrained },
];

export function showModels(state: PageState): void {
  const radios = new Radios();
  const notImagenet = byId("not-imagenet", HTMLElement);
  for (const { folder, label } of SHIPPED) radios.offer(folder, label, () => choose(state, folder));
  state.watch(({ weights }) => {
    const { file } = state;
    if (file) radios.offer("", words.fromDisk(file.name), () => state.openFile(file));
    else radios.offer(weights, words.fromLink(weights), () => choose(state, weights));
    radios.check(file ? "" : weights);
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

  #add(key: string, label: string, chosen: () => void): void {
    const radio = make("input", { type: "radio", name: "model", value: key });
    const option = { radio, text: new Text(label), chosen };
    radio.addEventListener("change", () => option.chosen());
    this.#fieldset.append(make("label", { className: "choice" }, radio, option.text));
    this.#options.set(key, option);
  }
}
