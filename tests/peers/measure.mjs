// One case: everyone's mean activations are compared, then they take turns.

import { describe, SEED } from "./plan.mjs";
import { spread } from "./statistics.mjs";

/** Rounding differs between contestants; any other work differs by more. */
const OBJECTIVE_TOLERANCE = 1e-4;
/** Timed steps of one turn take about this long, so that clocks and hundredths of CPU seconds tell them apart. */
const TURN_MS = 2000;
const MOST_STEPS = 1000;
/** Untimed steps before, unless one takes as long as a turn. */
const WARM = 3;

/**
 * All turns of one case. Resolves to the case with `results` by name: `wallMs` and `cpuMs` a step as median, lowest and
 * highest, each turn's times, the first step's, and GPU dispatches a step; or `failed` with the reason.
 */
export async function measure({ contestants: _names, ...entry }, contestants, turns, say) {
  const setting = settingOf(entry);
  const racers = [];
  for (const [name, contestant] of contestants.open) racers.push(await prepare(name, contestant, setting));
  compare(racers);
  for (let turn = 0; turn < turns; turn++) {
    // Another goes first each time, so that nobody always runs on the warmer machine.
    for (let place = 0; place < racers.length; place++)
      await take(racers[(turn + place) % racers.length], setting);
    say(`${describe(entry)}, turn ${turn + 1} of ${turns}: ${racers.map(lastTurn).join(", ")}`);
  }
  return { ...entry, results: Object.fromEntries(racers.map((racer) => [racer.name, result(racer)])) };
}

function settingOf({ layer, size, channels }) {
  return { layer, size, seed: SEED, channels: Array.from({ length: channels }, (_, channel) => channel) };
}

/** The first climb compiles, fetches and tunes; the second tells how long a step takes and how many dispatches a climb. */
async function prepare(name, contestant, setting) {
  const racer = { name, contestant, turns: [], warm: 0, steps: 1 };
  await attempt(racer, async () => {
    const once = { ...setting, warm: 0, steps: 1 };
    const first = await contestant.climb(once);
    racer.objectives = first.objectives;
    const { wallMs, dispatches } = await contestant.climb(once);
    racer.dispatchesOfOne = dispatches;
    racer.steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil(TURN_MS / wallMs)));
    racer.warm = wallMs < TURN_MS ? WARM : 1;
  });
  return racer;
}

/** Everyone has to compute what the first computes. */
function compare(racers) {
  const reference = racers.find(({ failed }) => !failed);
  for (const racer of racers.filter(({ failed }) => !failed)) {
    const scale = Math.max(...reference.objectives.map(Math.abs));
    const off = racer.objectives.findIndex(
      (value, index) => !(Math.abs(value - reference.objectives[index]) <= OBJECTIVE_TOLERANCE * scale),
    );
    if (off !== -1) {
      const [found, expected] = [racer.objectives[off], reference.objectives[off]];
      racer.failed = `other work: mean activation ${found}, of ${reference.name} ${expected}`;
    }
  }
}

async function take(racer, setting) {
  if (racer.failed) return;
  const { warm, steps } = racer;
  await attempt(racer, async () => {
    const { wallMs, cpuMs, dispatches } = await racer.contestant.climb({ ...setting, warm, steps });
    racer.turns.push({ wallMs: wallMs / steps, cpuMs: cpuMs / steps });
    racer.dispatches = (dispatches - racer.dispatchesOfOne) / (warm + steps - 1);
  });
}

/** A contestant that fails leaves the case; the others go on. */
async function attempt(racer, action) {
  try {
    await action();
  } catch (error) {
    racer.failed = error.message;
  }
}

function result({ failed, turns, warm, steps, dispatches }) {
  if (failed) return { failed };
  return {
    wallMs: spread(turns.map(({ wallMs }) => wallMs)),
    cpuMs: spread(turns.map(({ cpuMs }) => cpuMs)),
    ...(dispatches && { dispatches: Math.round(dispatches) }),
    warm,
    steps,
    turns,
  };
}

function lastTurn({ name, failed, turns }) {
  if (failed) return `${name} failed (${failed})`;
  const { wallMs, cpuMs } = turns.at(-1);
  return `${name} ${wallMs.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)})`;
}
