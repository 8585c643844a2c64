/** The step rules in words. */
import type { StepRule } from "../public/types";

/** Where each value moves by about the learning rate, those that suit images are small. */
const USUAL = "0.01 to 0.1 is usual here";

export const STEP_MEANINGS: Readonly<Record<StepRule, string>> = {
  gradient: "The gradient itself is added: steep places move far, flat ones hardly at all.",
  l2: "The gradient is divided by its length: each step is as long as the learning rate, steep or flat.",
  rms: `The gradient is divided by its root mean square: a typical value moves by the learning rate; ${USUAL}.`,
  adam: `Each value moves by about the learning rate along the mean of its latest gradients; ${USUAL}.`,
};
