/** What a catalogue says of a model beside what its files say, which is often nothing. */
import type { ModelInfo } from "../public/types";
import type { ModelDescription } from "./shared/wasm-module";

export type Stated = Pick<ModelInfo, "name" | "description" | "licence" | "source" | "preprocessing">;

/**
 * The catalogue is right where both say something, except of where the weights were made. Numbers that are known are right
 * against a catalogue that says otherwise.
 */
export function withStated(model: ModelDescription, stated: Stated | undefined): ModelDescription {
  if (!stated || isKnownAsAnother(model, stated)) return model;
  const origin = { ...model.origin, preprocessingGuessed: false };
  return { ...model, ...stated, source: model.source || stated.source, origin };
}

/** Whether a file's own numbers say that it expects other pictures. */
function isKnownAsAnother({ origin, preprocessing }: ModelDescription, stated: Stated): boolean {
  const recognised = origin.kind !== "folder" && !origin.preprocessingGuessed;
  return recognised && preprocessing !== stated.preprocessing;
}
