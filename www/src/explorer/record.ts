/** What a run has told of every iterate, so that any step's words are at hand without asking a worker. */
import type { IterateFacts } from "../public/types";

export type StepFacts = Omit<IterateFacts, "pixels">;

/** One channel's numbers; the entry at `k` belongs to iterate `k`. */
interface Track {
  newest: number;
  objective: Float32Array;
  gradientNorm: Float32Array;
  min: Float32Array;
  max: Float32Array;
  flags: Uint8Array;
}

/** One channel's climb as curves. */
export interface Curves {
  /** Steps taken. */
  newest: number;
  /** Mean activation and gradient norm at iterates 0 to `newest - 1`. */
  objective: Float32Array;
  gradientNorm: Float32Array;
  /** Smallest and largest value of iterates 1 to `newest`. */
  min: Float32Array;
  max: Float32Array;
  /** Iterates from which the climb went on by other settings. */
  changes: readonly number[];
}

const DEAD = 1;
const CONSTANT = 2;
const NOT_FINITE = 4;

export class RunRecord {
  #iterations: number;
  readonly #changes: number[] = [];
  readonly #tracks: ReadonlyMap<number, Track>;

  constructor(channels: readonly number[], iterations: number) {
    this.#iterations = iterations;
    this.#tracks = new Map(channels.map((channel) => [channel, emptyTrack(iterations)]));
  }

  /** Steps that the whole run takes. */
  get iterations(): number {
    return this.#iterations;
  }

  /** The run takes another number of steps, no fewer than have been taken. */
  extend(iterations: number): void {
    this.#iterations = iterations;
    for (const track of this.#tracks.values()) lengthen(track, iterations);
  }

  /** From this iterate on, the climb goes by other settings. */
  changeSettings(after: number): void {
    if (this.#changes.at(-1) !== after) this.#changes.push(after);
  }

  note(facts: StepFacts): void {
    const { channel, iteration } = facts;
    const track = this.#tracks.get(channel);
    if (!track) return;
    track.newest = iteration;
    track.objective[iteration] = facts.objective;
    track.gradientNorm[iteration] = facts.gradientNorm;
    track.min[iteration] = facts.min;
    track.max[iteration] = facts.max;
    track.flags[iteration] =
      (facts.dead ? DEAD : 0) | (facts.constant ? CONSTANT : 0) | (facts.finite ? 0 : NOT_FINITE);
  }

  /** Steps that this channel has taken. */
  newest(channel: number): number {
    return this.#tracks.get(channel)?.newest ?? 0;
  }

  /** Steps that every channel has taken. */
  get reached(): number {
    return this.#tracks.size === 0 ? 0 : Math.min(...this.#newest());
  }

  /** Steps that the channel which is ahead has taken. */
  get farthest(): number {
    return Math.max(0, ...this.#newest());
  }

  /** The facts of an iterate; undefined for the start and for what has not come. */
  at(channel: number, iteration: number): StepFacts | undefined {
    const track = this.#tracks.get(channel);
    if (!track || iteration < 1 || iteration > track.newest) return undefined;
    const flags = track.flags[iteration] ?? 0;
    return {
      channel,
      iteration,
      objective: track.objective[iteration] ?? Number.NaN,
      gradientNorm: track.gradientNorm[iteration] ?? Number.NaN,
      min: track.min[iteration] ?? Number.NaN,
      max: track.max[iteration] ?? Number.NaN,
      dead: (flags & DEAD) !== 0,
      constant: (flags & CONSTANT) !== 0,
      finite: (flags & NOT_FINITE) === 0,
    };
  }

  /** A channel's curves so far; views, not copies. */
  curves(channel: number): Curves | undefined {
    const track = this.#tracks.get(channel);
    if (!track) return undefined;
    const { newest } = track;
    const taken = (values: Float32Array) => values.subarray(1, newest + 1);
    return {
      newest,
      // A step's facts say what was measured before it: at the iterate before.
      objective: taken(track.objective),
      gradientNorm: taken(track.gradientNorm),
      min: taken(track.min),
      max: taken(track.max),
      changes: this.#changes,
    };
  }

  #newest(): number[] {
    return [...this.#tracks.values()].map(({ newest }) => newest);
  }
}

/** Numbers of a shorter track stay where they are. */
function lengthen(track: Track, iterations: number): void {
  if (track.flags.length > iterations) return;
  const longer = emptyTrack(iterations);
  for (const name of ["objective", "gradientNorm", "min", "max"] as const) {
    longer[name].set(track[name]);
    track[name] = longer[name];
  }
  longer.flags.set(track.flags);
  track.flags = longer.flags;
}

function emptyTrack(iterations: number): Track {
  const numbers = () => new Float32Array(iterations + 1);
  return {
    newest: 0,
    objective: numbers(),
    gradientNorm: numbers(),
    min: numbers(),
    max: numbers(),
    flags: new Uint8Array(iterations + 1),
  };
}
