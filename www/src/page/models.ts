/** The choice between the models that come with the page, and one that a link may bring. */
import { make } from "./dom";
import type { PageState } from "./state";

const SHIPPED = [
  { folder: "weights/demo/", label: "VGG16 trained on procedural textures, not ImageNet" },
  { folder: "weights/untrained/", label: "Random, untrained weights" },
];

export function showModels(fieldset: HTMLFieldSetElement, state: PageState): void {
  const radios = new Map<string, HTMLInputElement>();
  const offer = (folder: string, label: string) => {
    const radio = make("input", { type: "radio", name: "model", value: folder });
    radio.addEventListener("change", () => state.change({ weights: folder }));
    fieldset.append(make("label", { className: "choice" }, radio, label));
    radios.set(folder, radio);
  };
  for (const { folder, label } of SHIPPED) offer(folder, label);
  state.watch(({ weights }) => {
    if (!radios.has(weights)) offer(weights, `From the link: ${weights}`);
    const radio = radios.get(weights);
    if (radio) radio.checked = true;
  });
}
