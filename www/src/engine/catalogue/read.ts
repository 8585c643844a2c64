/** Reads a catalogue. An entry that cannot be right is left out and said; of a file that is no catalogue nothing is taken. */
import * as words from "../../words/catalogue.ts";
import { type Check, checksOf, isObject, problemIn } from "./checks.ts";
import type { Catalogue, CatalogueEntry } from "./entry.ts";

const MOST_CHARACTERS = 500_000;
const MOST_MODELS = 100;
const MOST_PROBLEMS = 5;

/** `base` is the address of the catalogue. Without a single model where the content is no catalogue; then there are problems. */
export function readCatalogue(content: string, base: string): Catalogue {
  const file = parsed(content);
  if (typeof file === "string") return { models: [], initial: "", problems: [file] };
  const problems: string[] = [];
  const models = modelsIn(file.models, base, problems);
  const initial = initialOf(file.default, models, problems);
  return { models, initial, problems: few(problems) };
}

/** The file's object, or a sentence on why it is no catalogue. */
function parsed(content: string): { models: unknown[]; default: unknown } | string {
  if (content.length > MOST_CHARACTERS) return words.tooLong(MOST_CHARACTERS);
  let file: unknown;
  try {
    file = JSON.parse(content);
  } catch (error) {
    return words.notJson(String(error));
  }
  if (!isObject(file) || !Array.isArray(file.models)) return words.noList;
  return { models: file.models, default: file.default };
}

function modelsIn(list: readonly unknown[], base: string, problems: string[]): CatalogueEntry[] {
  const checks = checksOf(base);
  const models = new Map<string, CatalogueEntry>();
  for (const [at, entry] of list.slice(0, MOST_MODELS).entries()) {
    const model = modelIn(entry, at + 1, checks);
    if (typeof model === "string") problems.push(model);
    else if (models.has(model.id)) problems.push(words.twice(at + 1, model.id));
    else models.set(model.id, model);
  }
  if (list.length > MOST_MODELS) problems.push(words.tooMany(list.length, MOST_MODELS));
  return [...models.values()];
}

/** The model that an entry is, or a sentence on why it is none; `at` counts from 1. */
function modelIn(entry: unknown, at: number, checks: readonly Check[]): CatalogueEntry | string {
  if (!isObject(entry)) return words.noEntry(at);
  const problem = problemIn(entry, checks);
  // Every value that the type names was checked.
  return problem ? words.refused(at, entry.id, problem) : (entry as unknown as CatalogueEntry);
}

function initialOf(wanted: unknown, models: readonly CatalogueEntry[], problems: string[]): string {
  const [first] = models;
  if (!first) {
    problems.push(words.noModels);
    return "";
  }
  if (models.some(({ id }) => id === wanted)) return String(wanted);
  problems.push(words.noDefault(wanted, first.id));
  return first.id;
}

/** A file that is wrong all over is not told line by line. */
function few(problems: readonly string[]): string[] {
  const rest = problems.length - MOST_PROBLEMS;
  return rest > 0 ? [...problems.slice(0, MOST_PROBLEMS), words.moreProblems(rest)] : [...problems];
}
