/** Kinds of settings: how each is read from text, written as text, and said to people. */
import * as words from "../words/link";
import { respellings, squashed } from "./mend";

/** One setting. `read` answers with the value, or with a sentence on what is wrong with the text. */
export interface Field<T> {
  /** Its key in links, and its attribute. */
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly initial: T;
  /** What is allowed, as a piece of a sentence. */
  readonly allowed: string;
  read(text: string): Reading<T>;
  /** What a text that is refused may have been before a link was changed on its way; the first that can be read is meant. */
  respell(text: string): readonly string[];
  write(value: T): string;
  /** For choices: value, label and meaning of each. */
  readonly choices?: readonly Choice[];
  /** For numbers: what the input may hold. */
  readonly bounds?: { readonly min: number; readonly max: number; readonly step: number | "any" };
}

type Reading<T> = { ok: true; value: T } | { ok: false; why: string };
interface Choice {
  readonly value: string;
  readonly label: string;
  /** What choosing it means, as a sentence. */
  readonly meaning?: string | undefined;
}
type Naming = Pick<Field<never>, "key" | "label" | "hint">;

export function number(naming: Naming, initial: number, bounds: { min: number; max: number }): Field<number> {
  const { min, max } = bounds;
  const accepts = (value: number) => Number.isInteger(value) && value >= min && value <= max;
  return {
    ...naming,
    initial,
    allowed: words.wholeNumber(min, max),
    read: (text) => {
      const plain = /^\d{1,16}$/.test(text.trim());
      return plain && accepts(Number(text)) ? { ok: true, value: Number(text) } : refused;
    },
    respell: respellings,
    write: String,
    bounds: { min, max, step: 1 },
  };
}

/** A number above 0 that need not be whole. */
export function positive(naming: Naming, initial: number, max: number): Field<number> {
  return {
    ...naming,
    initial,
    allowed: words.positiveNumber(max),
    read: (text) => {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      return value > 0 && value <= max ? { ok: true, value } : refused;
    },
    respell: respellings,
    write: String,
    bounds: { min: 0, max, step: "any" },
  };
}

/** One of these values, as they are written. */
export function oneOf<T extends number | string>(
  naming: Naming,
  initial: NoInfer<T>,
  values: readonly T[],
): Field<T> {
  return {
    ...naming,
    initial,
    allowed: words.oneOf(values.map(String)),
    read: (text) => {
      const value = values.find((candidate) => String(candidate) === text.trim());
      return value === undefined ? refused : { ok: true, value };
    },
    respell: (text) => {
      const alike = values.map(String).filter((value) => squashed(value) === squashed(text));
      return alike.length === 1 ? alike : [];
    },
    write: String,
  };
}

export function choice<T extends string>(
  naming: Naming,
  initial: NoInfer<T>,
  choices: Readonly<Record<T, string>>,
  meanings?: Readonly<Record<T, string>>,
): Field<T> {
  const values = Object.keys(choices) as T[];
  return {
    ...oneOf(naming, initial, values),
    choices: values.map((value) => ({ value, label: choices[value], meaning: meanings?.[value] })),
  };
}

/** A field that also takes this word, which stands for its default, nothing. */
export function orWord<T>(field: Field<T>, word: string): Field<T | undefined> {
  const { key, label, hint, read, respell, write } = field;
  return {
    key,
    label,
    hint,
    initial: undefined,
    allowed: words.wordOr(word, field.allowed),
    read: (text) => (text.trim() === word ? { ok: true, value: undefined } : read(text)),
    respell: (text) => (squashed(text) === word ? [word] : respell(text)),
    write: (value) => (value === undefined ? word : write(value)),
  };
}

const refused = { ok: false, why: "" } as const;
