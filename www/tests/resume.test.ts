/** Runs that are paused, changed and resumed when some or all of their steps are taken, and what they leave behind. */
import { describe, expect, it, vi } from "vitest";
import { AscentRun, type RunOrder } from "../src/engine/ascent-run";
import { Engine } from "../src/engine/engine";
import type { RunChanges } from "../src/public/types";
import * as words from "../src/words/worker-errors";
import { fakePlatform, ORDER, SETTINGS, settle } from "./fake-platform";
import { coded, type FakeOptions } from "./fake-wasm";

/** Channels 0 and 2 are one worker's share, 1 another's. */
function order(changes: Partial<RunOrder> = {}): RunOrder {
  return { settings: SETTINGS, channels: [0, 1, 2], iterations: 5, keep: "all", ...changes };
}

async function open(options: FakeOptions = {}) {
  const platform = fakePlatform(options);
  const engine = await Engine.open(ORDER, platform, () => undefined);
  return { engine, platform };
}

/** Reads a run to its end; `at` is called with the first iterate of this number. Resolves to each channel's newest. */
async function readTo(run: AscentRun, iteration: number, at: () => void): Promise<Map<number, number>> {
  const newest = new Map<number, number>();
  let called = false;
  for await (const it of run) {
    newest.set(it.channel, it.iteration);
    if (called || it.iteration !== iteration) continue;
    called = true;
    at();
  }
  return newest;
}

describe("a run that is paused when its first channel has taken all steps", () => {
  it.each([
    ["at once", 0],
    ["when all have", 100],
  ])("goes on to more steps that it is given %s", async (_when, milliseconds) => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    const newest = await readTo(run, 5, () => {
      run.pause();
      void settle(milliseconds).then(() => run.resume({ iterations: 10 }));
    });
    expect([...newest.values()]).toEqual([10, 10, 10]);
    expect(await run.finished).toBe("finished");
  });

  it("takes the further steps by the learning rate that it is given with them", async () => {
    const turns: [channels: string, from: number | undefined][] = [];
    const { engine } = await open({
      onAscent: ({ channels, learningRate, resume }) => {
        if (learningRate === 3) turns.push([String(channels), resume?.iteration]);
      },
    });
    const run = new AscentRun(engine, order());
    let after: Promise<number> | undefined;
    const newest = await readTo(run, 5, () => {
      run.pause();
      after = run.resume({ iterations: 10, learningRate: 3 });
    });
    expect([...newest.values()]).toEqual([10, 10, 10]);
    expect(await after).toBe(5);
    expect(turns.toSorted()).toEqual([
      ["0", 5],
      ["1", 5],
      ["2", 5],
    ]);
  });

  it("may be given more steps again and again, also while it has not heard of the last", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    const newest = await readTo(run, 5, () => {
      for (const iterations of [6, 9, 7, 8]) {
        run.pause();
        run.resume({ iterations });
      }
    });
    expect([...newest.values()]).toEqual([8, 8, 8]);
    expect(await run.finished).toBe("finished");
  });

  it("ends where it is given fewer", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    const newest = await readTo(run, 5, () => {
      run.pause();
      run.resume({ iterations: 3 });
    });
    for (const steps of newest.values()) expect([3, 4, 5]).toContain(steps);
    expect(await run.finished).toBe("finished");
  });

  it("remembers what a rule with a memory has learnt", async () => {
    const { engine } = await open();
    const settings = { ...SETTINGS, step: "adam" as const };
    const straight = new AscentRun(engine, order({ settings, iterations: 10 }));
    await straight.finished;
    const run = new AscentRun(engine, order({ settings }));
    await readTo(run, 5, () => {
      run.pause();
      void settle(100).then(() => run.resume({ iterations: 10 }));
    });
    for (const channel of [0, 1, 2]) {
      const [ours, theirs] = await Promise.all([run.iterate(channel, 10), straight.iterate(channel, 10)]);
      expect(await ours.pixels()).toEqual(await theirs.pixels());
    }
  });

  const waysOn: readonly [string, (run: AscentRun) => unknown][] = [
    ["resumed", (run) => run.resume()],
    ["stopped", (run) => run.stop()],
  ];
  it.each(waysOn)("and then all have does not end until it is %s", async (_how, go) => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    let ended = false;
    let count = 0;
    const reading: Promise<void> = (async () => {
      for await (const _it of run) if (++count === 3 * 5) run.pause();
    })();
    void run.finished.then(() => {
      ended = true;
    });
    await settle(100);
    expect([ended, count]).toEqual([false, 15]);
    go(run);
    await reading;
    expect(await run.finished).toBe("finished");
  });
});

describe("a run that is paused and changed in one breath", () => {
  it.each<[string, RunChanges[]]>([
    ["once", [{ learningRate: 3 }]],
    ["twice", [{ learningRate: 2 }, { learningRate: 3 }]],
  ])(
    "%s turns after the same iterate in every channel, however far its workers are ahead",
    async (_how, all) => {
      const turns: (number | undefined)[] = [];
      const { engine } = await open({
        onAscent: ({ learningRate, resume }) => learningRate === 3 && turns.push(resume?.iteration),
      });
      const run = new AscentRun(engine, order({ iterations: 300 }));
      const after: Promise<number>[] = [];
      const newest = await readTo(run, 20, () => {
        run.pause();
        for (const changes of all) after.push(run.resume(changes));
      });
      expect([...newest.values()]).toEqual([300, 300, 300]);
      expect(turns).toHaveLength(3);
      expect(new Set(turns)).toEqual(new Set([await after.at(-1)]));
      expect(turns[0]).toBeGreaterThanOrEqual(20);
    },
  );

  it("and paused again waits, and then goes on by what it was given", async () => {
    let steps = 0;
    const rates: number[] = [];
    const { engine } = await open({
      onStep: () => steps++,
      onAscent: ({ learningRate }) => rates.push(learningRate),
    });
    const run = new AscentRun(engine, order({ iterations: 10_000 }));
    const end = run.finished;
    await settle(60);
    run.pause();
    const after = run.resume({ learningRate: 3, iterations: 9_999 });
    run.pause();
    // By then every worker stands.
    await after;
    const stood = steps;
    await settle(60);
    expect(steps).toBe(stood);
    run.resume();
    await vi.waitFor(() => expect(rates.filter((rate) => rate === 3)).toHaveLength(3));
    await vi.waitFor(() => expect(steps).toBeGreaterThan(stood));
    run.stop();
    expect(await end).toBe("stopped");
  });
});

it("a run that is paused after it was stopped ends all the same", async () => {
  const { engine } = await open();
  const run = new AscentRun(engine, order({ iterations: 100_000 }));
  await readTo(run, 3, () => {
    run.stop();
    run.pause();
  });
  expect(await run.finished).toBe("stopped");
});

it("a run stopped in the turn it started in has no weights loaded", async () => {
  const { engine, platform } = await open();
  const run = new AscentRun(engine, order());
  run.stop();
  expect(await run.finished).toBe("stopped");
  await settle(60);
  expect(platform.workers[0]?.told.map(({ kind }) => kind)).not.toContain("load");
  expect(engine.bytesFetched).toBe(100);
});

describe("what a run holds of the device", () => {
  /** Counts what is set up and not freed. */
  function counting(options: FakeOptions = {}) {
    const held = { count: 0 };
    const onAscent: FakeOptions["onAscent"] = (settings) => {
      options.onAscent?.(settings);
      held.count += 1;
    };
    const onFree = () => {
      held.count -= 1;
    };
    return { held, opened: open({ ...options, onAscent, onFree }) };
  }

  it("is freed once it has ended", async () => {
    const { held, opened } = counting();
    const run = new AscentRun((await opened).engine, order());
    expect(await run.finished).toBe("finished");
    await settle();
    expect(held.count).toBe(0);
  });

  it("is freed when a step fails", async () => {
    const { held, opened } = counting({
      faults: { step: { iteration: 3, error: coded("compute-failed", "no") } },
    });
    const run = new AscentRun((await opened).engine, order());
    await expect(run.finished).rejects.toMatchObject({ code: "compute-failed" });
    await settle();
    expect(held.count).toBe(0);
  });

  it("is freed when a later batch cannot be set up, and the worker knows nothing of the run any more", async () => {
    const onAscent: FakeOptions["onAscent"] = ({ channels }) => {
      if (channels.includes(2)) throw coded("channel-out-of-range", "no channel 2");
    };
    const { held, opened } = counting({ onAscent });
    const { engine } = await opened;
    const run = new AscentRun(engine, order());
    await expect(run.finished).rejects.toMatchObject({ code: "channel-out-of-range" });
    await settle();
    expect(held.count).toBe(0);
    // No climb is there that could say which iterates it has.
    await expect(run.iterate(0, 1)).rejects.toThrow(words.iteratesReleased);
  });
});
