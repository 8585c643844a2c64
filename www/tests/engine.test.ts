import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { AscentRun, type RunOrder } from "../src/engine/ascent-run";
import { Engine, poolSize, roomFor } from "../src/engine/engine";
import { MAX_UNREAD } from "../src/engine/shared/protocol";
import type { IterateFacts } from "../src/public/types";
import { type FakePlatform, fakePlatform, ORDER, SETTINGS, settle } from "./fake-platform";
import { coded, type FakeOptions } from "./fake-wasm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function order(changes: Partial<RunOrder> = {}): RunOrder {
  return { settings: SETTINGS, channels: [0, 1, 2, 3, 4], iterations: 4, keep: "all", ...changes };
}

async function open(
  options: FakeOptions & { cores?: number; memory?: number } = {},
): Promise<{ engine: Engine; platform: FakePlatform }> {
  const platform = fakePlatform(options);
  const engine = await Engine.open(ORDER, platform, () => undefined);
  return { engine, platform };
}

async function collect(run: AscentRun): Promise<IterateFacts[]> {
  const all: IterateFacts[] = [];
  for await (const iterate of run) all.push(iterate);
  return all;
}

describe("the pool", () => {
  it.each([
    ["cpu", 1, 2],
    ["cpu", 2, 2],
    ["cpu", 4, 3],
    ["cpu", 64, 8],
    ["webgpu", 64, 1],
  ] as const)("on the %s with %i cores has at most %i workers", (backend, cores, size) => {
    expect(poolSize(backend, cores)).toBe(size);
  });

  it("starts no more workers than there are channels", async () => {
    const { engine, platform } = await open({ cores: 8 });
    expect(platform.workers).toHaveLength(1);
    await collect(new AscentRun(engine, order({ channels: [3] })));
    expect(platform.workers).toHaveLength(1);
    await collect(new AscentRun(engine, order()));
    expect(platform.workers).toHaveLength(5);
  });

  it.each([
    [8e9, 150e6, 13],
    [4e9, 150e6, 6],
    [1e9, 150e6, 1],
    [0.25e9, 150e6, 1],
  ])(
    "of a device with %d bytes has room for workers of %d in a quarter of it: %i",
    (memory, needed, room) => {
      expect(roomFor(memory, needed)).toBe(room);
    },
  );

  it("is as large as memory allows for layer and size, and never grows beyond", async () => {
    const asked: unknown[] = [];
    const memoryNeeded = (layer: string, height: number, width: number) => {
      asked.push([layer, height, width]);
      return layer === "block1_conv2" ? 0.34e9 : 0.1e9;
    };
    const { engine, platform } = await open({ cores: 9, memory: 4e9, memoryNeeded });
    await collect(new AscentRun(engine, order()));
    expect(asked).toEqual([["block1_conv2", 3, 4]]);
    expect(platform.workers).toHaveLength(2);
    // What takes less would have room for more, but the deep weights are there.
    await collect(new AscentRun(engine, order({ settings: { ...SETTINGS, layer: "block1_conv1" } })));
    expect(platform.workers).toHaveLength(2);
  });

  it("is refused what takes more memory than there is, before anything is loaded", async () => {
    const loads: string[] = [];
    const onLoad = (layer: string) => {
      loads.push(layer);
      return undefined;
    };
    const { engine, platform } = await open({ cores: 9, memory: 1e9, memoryNeeded: () => 1.26e9, onLoad });
    const run = new AscentRun(engine, order());
    await expect(run.finished).rejects.toMatchObject({
      code: "image-too-large",
      message: expect.stringMatching(
        /^4 x 3 pixels of block1_conv2 do not fit.*1\.3 GB.*1\.0 GB.*smaller image/,
      ),
    });
    expect(loads).toEqual([]);
    expect(platform.workers).toHaveLength(1);
  });

  it("lets go of files once every worker that may come has them, and of none before", async () => {
    const held: WeakRef<ArrayBufferLike>[] = [];
    const { engine, platform } = await open({ cores: 4 });
    const seen = (message: unknown) => {
      const shards = (message as { value?: { shards?: { bytes: Uint8Array }[] } }).value?.shards ?? [];
      held.push(...shards.map(({ bytes }) => new WeakRef(bytes.buffer)));
    };
    platform.workers[0]?.addEventListener("message", ({ data }: MessageEvent) => seen(data));
    const left = async () => {
      await settle();
      collectGarbage();
      return held.filter((bytes) => bytes.deref()).length;
    };
    await collect(new AscentRun(engine, order({ channels: [0] })));
    expect(held).toHaveLength(2);
    expect(await left()).toBe(2);
    await collect(new AscentRun(engine, order()));
    expect(platform.workers).toHaveLength(3);
    expect(await left()).toBe(0);
  });

  it("fetches once and gives each other worker each file once", async () => {
    const accepted: string[] = [];
    const { engine } = await open({ cores: 4, onAccept: (file) => accepted.push(file) });
    await collect(new AscentRun(engine, order()));
    await collect(new AscentRun(engine, order()));
    const both = ["block1_conv1.safetensors", "block1_conv2.safetensors"];
    expect(accepted.toSorted()).toEqual([...both, ...both].toSorted());
    expect(engine.bytesFetched).toBe(2100);
  });

  it("files leave the worker that fetched them without a copy, and come to each other one at a time", async () => {
    const fetched: Uint8Array[] = [];
    const onTheWay: number[] = [];
    let accepted = 0;
    const { engine, platform } = await open({
      cores: 4,
      onShards: (shards) => fetched.push(...shards.map(({ bytes }) => bytes)),
      onAccept: () => {
        const told = platform.workers.flatMap((worker) =>
          worker.told.filter(({ kind }) => kind === "accept"),
        );
        onTheWay.push(told.length - accepted++);
      },
    });
    await collect(new AscentRun(engine, order()));
    expect(fetched.map(({ byteLength }) => byteLength)).toEqual([0, 0]);
    expect(accepted).toBe(4);
    // There are two others.
    expect(Math.max(...onTheWay)).toBe(2);
  });
});

describe("a run", () => {
  it("gives every channel's iterates in order, spread over the workers", async () => {
    const { engine, platform } = await open({ cores: 4 });
    const all = await collect(new AscentRun(engine, order()));
    expect(all).toHaveLength(20);
    for (const channel of [0, 1, 2, 3, 4]) {
      expect(all.filter((it) => it.channel === channel).map((it) => it.iteration)).toEqual([1, 2, 3, 4]);
    }
    const shares = platform.workers.map(({ told }) =>
      told.flatMap((message) => (message.kind === "ascend" ? message.args.channels : [])),
    );
    expect(shares).toEqual([[0, 3], [1, 4], [2]]);
  });

  it("steps batches in turn, so that all tiles advance together", async () => {
    const steps: string[] = [];
    const { engine } = await open({
      batch: 2,
      cores: 2,
      onStep: (channels, n) => steps.push(`${channels}:${n}`),
    });
    const run = new AscentRun(engine, order({ channels: [0, 1, 2, 3, 4, 5, 6, 7], iterations: 2 }));
    await collect(run);
    expect(steps.filter((step) => step.startsWith("0") || step.startsWith("4"))).toEqual([
      "0,2:1",
      "4,6:1",
      "0,2:2",
      "4,6:2",
    ]);
  });

  it("steps what is on the screen first, and nothing a round ahead of the rest", async () => {
    const steps: string[] = [];
    // The even channels are one worker's share.
    const onStep = ([channel = 0]: number[], iteration: number) => {
      if (channel % 2 === 1) return;
      steps.push(`${channel}@${iteration}`);
      if (steps.length === 4) run.attend([2, 3]);
    };
    const { engine } = await open({ cores: 1, batch: 1, onStep });
    const run = new AscentRun(engine, order({ channels: [0, 1, 2, 3, 4, 5], iterations: 999 }));
    run.attend([4, 5]);
    await collect(run);
    expect(steps.slice(0, 4)).toEqual(["4@1", "0@1", "2@1", "4@2"]);
    // It takes a message to say that something else is looked at now.
    expect(steps.slice(-3)).toEqual(["2@999", "0@999", "4@999"]);
  });

  it("rests after each step for three times as long while the page is hidden, and not afterwards", async () => {
    const STEP_MS = 20;
    const begun: number[] = [];
    const onStep = () => {
      begun.push(performance.now());
      while (performance.now() < (begun.at(-1) ?? 0) + STEP_MS);
      if (begun.length === 3) run.attend([0]);
    };
    const { engine } = await open({ cores: 1, onStep });
    const run = new AscentRun(engine, order({ channels: [0], iterations: 9 }));
    run.attend([], true);
    await collect(run);
    const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
    // A timer may fire a millisecond early.
    expect(Math.min(...gaps.slice(0, 2))).toBeGreaterThanOrEqual(4 * STEP_MS - 2);
    expect(Math.min(...gaps.slice(3))).toBeLessThan(4 * STEP_MS - 2);
  });

  it("carries pictures, and exact pixels that differ from channel to channel", async () => {
    const { engine } = await open();
    const [first] = await collect(new AscentRun(engine, order({ channels: [2], iterations: 1 })));
    expect(first).toMatchObject({ channel: 2, iteration: 1, objective: 2.001, dead: false, finite: true });
    expect(first).toHaveProperty(
      "rgba",
      Uint8ClampedArray.from({ length: 48 }, (_, at) => (at % 4 === 3 ? 255 : 1)),
    );
    expect(await first?.pixels()).toHaveLength(36);
  });

  it("finishes, or says it was stopped", async () => {
    const { engine } = await open();
    expect(await new AscentRun(engine, order()).finished).toBe("finished");
    const run = new AscentRun(engine, order({ iterations: 1000 }));
    for await (const iterate of run) if (iterate.iteration === 3) run.stop();
    expect(await run.finished).toBe("stopped");
  });

  it("stops at once when stopped before it began", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    run.stop();
    expect(await run.finished).toBe("stopped");
    expect(await collect(run)).toEqual([]);
  });

  it("stops when its loop is left, and what was computed stays readable", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order({ iterations: 10_000 }));
    for await (const iterate of run) if (iterate.channel === 4 && iterate.iteration === 7) break;
    expect(await run.finished).toBe("stopped");
    expect((await run.iterate(4, 7)).rgba[0]).toBe(7);
  });

  it("rejects loop and finished alike when a step fails, and the engine lives on", async () => {
    const error = coded("compute-failed", "out of memory");
    const { engine } = await open({ faults: { step: { iteration: 3, error } } });
    const run = new AscentRun(engine, order());
    await expect(collect(run)).rejects.toMatchObject({ code: "compute-failed", message: "out of memory" });
    await expect(run.finished).rejects.toMatchObject({ name: "VggscopeError" });
    expect(await collect(new AscentRun(engine, order({ iterations: 2 })))).toHaveLength(10);
  });

  it("passes on what loading finds wrong", async () => {
    const { engine } = await open({ faults: { load: coded("weights-checksum", "block1_conv2 is damaged") } });
    await expect(new AscentRun(engine, order()).finished).rejects.toMatchObject({ code: "weights-checksum" });
  });

  it("draws on canvases and then sends facts only", async () => {
    const drawn: number[] = [];
    const { engine } = await open({
      onDraw: (context, rgba) =>
        drawn.push((context as unknown as { tile: number }).tile * 100 + (rgba[0] ?? 0)),
    });
    const canvases = [canvas(5), canvas(6)];
    const run = new AscentRun(engine, order({ channels: [0, 1], iterations: 2, canvases }));
    const all = await collect(run);
    expect(all.every((it) => !("rgba" in it))).toBe(true);
    expect(drawn.toSorted()).toEqual([501, 502, 601, 602]);
  });
});

describe("canvases that show an earlier iterate", () => {
  const canvases = () => [canvas(5), canvas(6)];

  /** What is drawn, newest last, as tile * 100 + iteration. */
  async function drawing(): Promise<{ run: AscentRun; drawn: number[] }> {
    const drawn: number[] = [];
    const { engine } = await open({
      onDraw: (context, rgba) =>
        drawn.push((context as unknown as { tile: number }).tile * 100 + (rgba[0] ?? 0)),
    });
    const run = new AscentRun(engine, order({ channels: [0, 1], iterations: 40, canvases: canvases() }));
    return { run, drawn };
  }

  it("all go there, and to the newest again", async () => {
    const { run, drawn } = await drawing();
    await collect(run);
    drawn.length = 0;
    run.show(17);
    await settle();
    expect(drawn.toSorted()).toEqual([517, 617]);
    drawn.length = 0;
    run.show(Number.POSITIVE_INFINITY);
    await settle();
    expect(drawn.toSorted()).toEqual([540, 640]);
    drawn.length = 0;
    run.show(1000);
    await settle();
    expect(drawn.toSorted()).toEqual([540, 640]);
  });

  it("draw only the last of several wishes", async () => {
    const { run, drawn } = await drawing();
    await collect(run);
    drawn.length = 0;
    for (let iteration = 1; iteration <= 30; iteration++) run.show(iteration);
    await settle();
    expect(drawn.slice(-2).toSorted()).toEqual([530, 630]);
    expect(drawn.length).toBeLessThan(30);
  });

  it("stay there while the climb goes on, and come to it where it has not come so far", async () => {
    const { run, drawn } = await drawing();
    run.show(9);
    await collect(run);
    await settle();
    expect(Math.max(...drawn.map((mark) => mark % 100))).toBe(9);
    const last = (channel: number) => drawn.findLast((mark) => Math.floor(mark / 100) === channel);
    expect([last(5), last(6)]).toEqual([509, 609]);
  });

  it("show the start, which is computed when it is first asked for", async () => {
    const { run, drawn } = await drawing();
    await collect(run);
    drawn.length = 0;
    run.show(0);
    await settle(60);
    // The fake writes the number of its step into its pictures: the start comes of one step of length zero.
    expect(drawn.slice(-2).toSorted()).toEqual([501, 601]);
  });

  it("make the climb wait while wishes follow each other, but never keep it from stopping", async () => {
    let steps = 0;
    const { engine } = await open({ onStep: () => steps++ });
    const run = new AscentRun(engine, order({ channels: [0, 1], iterations: 100_000, canvases: canvases() }));
    await settle(100);
    for (let iteration = 1; iteration <= 6; iteration++) {
      run.show(iteration);
      await settle(20);
    }
    const before = steps;
    await settle(60);
    expect(steps).toBeLessThanOrEqual(before + 2);
    run.stop();
    expect(await run.finished).toBe("stopped");
  });
});

describe("a run that is paused", () => {
  /** Pauses it once a batch comes to this iterate; its steps so far. */
  function pausing(at: number, options: FakeOptions = {}) {
    const state: { run?: AscentRun; steps: number } = { steps: 0 };
    const onStep = (_channels: number[], iteration: number) => {
      state.steps += 1;
      if (iteration !== at) return;
      // Images that are computed again come by here too.
      state.run?.pause();
      delete state.run;
    };
    return { state, opened: open({ batch: 2, ...options, onStep }) };
  }

  it("waits after the steps in progress, and goes on to the same images", async () => {
    const { state, opened } = pausing(13);
    const { engine } = await opened;
    const changes = { iterations: 300, settings: { ...SETTINGS, step: "adam" as const } };
    const straight = new AscentRun(engine, order(changes));
    await straight.finished;
    state.steps = 0;
    const run = new AscentRun(engine, order(changes));
    state.run = run;
    const end = run.finished;
    await settle(150);
    const stood = state.steps;
    await settle(100);
    expect(state.steps).toBe(stood);
    expect(stood).toBeLessThan(3 * 100);
    run.resume();
    expect(await end).toBe("finished");
    for (const channel of [0, 4]) {
      const [ours, theirs] = await Promise.all([run.iterate(channel, 300), straight.iterate(channel, 300)]);
      expect(await ours.pixels()).toEqual(await theirs.pixels());
    }
  });

  it("may be paused before it begins, and stopped while it waits", async () => {
    let steps = 0;
    const { engine } = await open({ onStep: () => steps++ });
    const run = new AscentRun(engine, order({ iterations: 100_000 }));
    const end = run.finished;
    run.pause();
    await settle(100);
    const stood = steps;
    await settle(100);
    expect(steps).toBe(stood);
    run.stop();
    expect(await end).toBe("stopped");
  });

  it("goes on with other settings after the same iterate in every channel, and every image can be had again", async () => {
    const turns: { channels: number[]; from: number | undefined; rate: number }[] = [];
    const { state, opened } = pausing(13, {
      onAscent: ({ channels, resume, learningRate: rate }) =>
        turns.push({ channels, from: resume?.iteration, rate }),
    });
    const { engine } = await opened;
    const run = new AscentRun(engine, order({ iterations: 300 }));
    state.run = run;
    void settle(200).then(() => {
      turns.length = 0;
      run.resume({ learningRate: 3, step: "adam", iterations: 315 });
    });
    const seen = new Map<string, Float32Array>();
    let count = 0;
    for await (const it of run) {
      count += 1;
      const wanted = it.iteration <= 75 || it.iteration === 315;
      if (wanted) seen.set(`${it.channel}:${it.iteration}`, await it.pixels());
    }
    expect(await run.finished).toBe("finished");
    expect(count).toBe(5 * 315);
    // Adam, which remembers, is computed again from there alone too.
    const turned = turns.filter(({ rate }) => rate === 3);
    expect(new Set(turned.map(({ channels }) => String(channels)))).toEqual(new Set(["0,2", "1,3", "4"]));
    expect(new Set(turned.map(({ from }) => from)).size).toBe(1);
    const turn = turned[0]?.from ?? 0;
    expect(turn).toBeGreaterThanOrEqual(13);
    expect(turn).toBeLessThan(60);
    for (const channel of [0, 3, 4]) {
      for (const iteration of [5, turn - 1, turn, turn + 1, turn + 14, 315]) {
        const kept = await run.iterate(channel, iteration);
        expect(await kept.pixels(), `${channel}:${iteration}`).toEqual(seen.get(`${channel}:${iteration}`));
      }
    }
  });

  it("begins with changes that were made before it began", async () => {
    const rates: number[] = [];
    const { engine } = await open({ onAscent: ({ learningRate }) => rates.push(learningRate) });
    const run = new AscentRun(engine, order({ channels: [0], iterations: 9 }));
    run.pause();
    run.resume({ learningRate: 3, iterations: 5 });
    expect(await collect(run)).toHaveLength(5);
    expect(rates).toEqual([3]);
    expect(await run.finished).toBe("finished");
  });

  it("ends at once where it is to take fewer steps than it has", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order({ channels: [0], iterations: 1000 }));
    for await (const { iteration } of run) {
      if (iteration === 20) {
        run.pause();
        void settle(60).then(() => run.resume({ iterations: 20 }));
      }
    }
    expect(await run.finished).toBe("finished");
  });

  it("refuses changes by name", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    expect(() => run.resume({ learningRate: Number.NaN })).toThrow(/resume: learningRate is NaN/);
    expect(() => run.resume({ seed: 3 } as object)).toThrow(
      /no option "seed"; allowed: iterations, learningRate, step/,
    );
    run.stop();
  });
});

describe("back pressure", () => {
  it("lets each worker run 64 iterates ahead and no further", async () => {
    let steps = 0;
    const { engine } = await open({ cores: 2, onStep: () => steps++ });
    const run = new AscentRun(engine, order({ iterations: 1000 }));
    const iterator = run[Symbol.asyncIterator]();
    await settle(600);
    expect(steps).toBe(128);
    await iterator.next();
    await settle(100);
    expect(steps).toBe(129);
    await iterator.return?.();
  });

  it("never holds up someone who waits for the end without reading", async () => {
    const { engine } = await open();
    expect(await new AscentRun(engine, order({ iterations: 100 })).finished).toBe("finished");
  });

  it("loses nothing when the loop follows after asking for the end", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    const end = run.finished;
    expect(await collect(run)).toHaveLength(20);
    expect(await end).toBe("finished");
  });

  it("does not hold up canvases", async () => {
    const { engine } = await open();
    const canvases = [canvas(0)];
    const run = new AscentRun(engine, order({ channels: [0], iterations: 200, canvases }));
    await settle(1500);
    expect(await collect(run)).toHaveLength(200);
  });
});

describe("kept iterates", () => {
  it("are exact, wherever they lie between checkpoints", async () => {
    const { engine } = await open({ batch: 3 });
    const run = new AscentRun(engine, order({ channels: [0, 1, 2, 3, 4, 5, 6], iterations: 45 }));
    const seen = new Map<string, Float32Array>();
    for await (const it of run) seen.set(`${it.channel}:${it.iteration}`, await it.pixels());
    for (const [channel, iteration] of [
      [3, 1],
      [6, 9],
      [0, 10],
      [5, 11],
      [2, 27],
      [1, 40],
      [4, 45],
    ] as const) {
      const kept = await run.iterate(channel, iteration);
      expect(kept.rgba[0]).toBe(iteration);
      expect(await kept.pixels()).toEqual(seen.get(`${channel}:${iteration}`));
    }
  });

  it("are computed again from the nearest checkpoint, with the same batch", async () => {
    const ascents: { channels: number[]; from: number | undefined }[] = [];
    const { engine } = await open({
      batch: 2,
      onAscent: ({ channels, resume }) => ascents.push({ channels, from: resume?.iteration }),
    });
    const run = new AscentRun(engine, order({ channels: [0, 1, 2, 3], iterations: 60 }));
    await run.finished;
    ascents.length = 0;
    await (await run.iterate(2, 37)).pixels();
    await (await run.iterate(0, 35)).pixels();
    expect(ascents).toEqual([{ channels: [0, 2], from: 20 }]);
  });

  it("are at hand where a run ended", async () => {
    let steps = 0;
    const { engine } = await open({ batch: 2, onStep: () => steps++ });
    const run = new AscentRun(engine, order({ channels: [0, 1, 2, 3], iterations: 57 }));
    await run.finished;
    steps = 0;
    expect(await (await run.iterate(3, 57)).pixels()).toHaveLength(36);
    expect(steps).toBe(0);
  });

  it("cost a step each at the most where somebody reads them as they come", async () => {
    let steps = 0;
    const { engine } = await open({ batch: 2, onStep: () => steps++ });
    const run = new AscentRun(engine, order({ channels: [0, 1, 2, 3], iterations: 57 }));
    for await (const iterate of run) expect(await iterate.pixels()).toHaveLength(36);
    // Two workers of two channels, each of which may be so far ahead when the first image is read.
    expect(steps).toBeLessThanOrEqual(2 * (57 + MAX_UNREAD / 2));
  });

  it("of a rule with a memory are computed again from where it began", async () => {
    const ascents: (number | undefined)[] = [];
    const { engine } = await open({ batch: 2, onAscent: ({ resume }) => ascents.push(resume?.iteration) });
    const settings = { ...SETTINGS, step: "adam" as const };
    const run = new AscentRun(engine, order({ settings, channels: [0, 1, 2, 3], iterations: 90 }));
    const seen = new Map<number, Float32Array>();
    for await (const it of run) if (it.channel === 2) seen.set(it.iteration, await it.pixels());
    ascents.length = 0;
    expect(await (await run.iterate(2, 17)).pixels()).toEqual(seen.get(17));
    expect(ascents).toEqual([undefined]);
  });

  it("begin with the start, which all channels share", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order({ iterations: 3 }));
    await run.finished;
    for (const channel of [0, 3]) {
      const start = await run.iterate(channel, 0);
      expect(start.rgba).toHaveLength(48);
      expect(await start.pixels()).toEqual(new Float32Array(36).fill(436));
    }
    await expect(run.iterate(0, -1)).rejects.toMatchObject({ code: "iterate-not-kept" });
  });

  it("have gradients, whatever the step rule and learning rate", async () => {
    const { engine } = await open({ batch: 2 });
    const run = new AscentRun(engine, order({ iterations: 30 }));
    await run.finished;
    for (const iteration of [0, 1, 12, 30]) {
      const { objective, norm, values } = await run.gradient(3, iteration);
      const pixels = await (await run.iterate(3, iteration)).pixels();
      expect(objective).toBe(3);
      expect(values).toEqual(pixels.map((value) => value / 1e9));
      expect(norm).toBeCloseTo(Math.hypot(...values), 12);
    }
    await expect(run.gradient(3, 31)).rejects.toMatchObject({ code: "iterate-not-kept" });
    await expect(run.gradient(9, 1)).rejects.toMatchObject({ code: "iterate-not-kept" });
  });

  it("tell how far they are from the start", async () => {
    const { engine } = await open({ batch: 2 });
    const run = new AscentRun(engine, order({ iterations: 30 }));
    await run.finished;
    for (const iteration of [0, 12, 30]) {
      const pixels = await (await run.iterate(3, iteration)).pixels();
      const { most, range } = await run.moved(3, iteration);
      expect(most).toBe(Math.max(...[...pixels].map((value) => Math.abs(value - 436))));
      expect(range).toBe(Math.max(...pixels) - Math.min(...pixels));
    }
    await expect(run.moved(3, 31)).rejects.toMatchObject({ code: "iterate-not-kept" });
    const forgetful = new AscentRun(engine, order({ iterations: 30, keep: "last" }));
    await forgetful.finished;
    expect(await forgetful.moved(3, 30)).toEqual(await run.moved(3, 30));
  });

  it("survive being changed by whoever read them", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order({ channels: [0], iterations: 2 }));
    await run.finished;
    (await run.iterate(0, 1)).rgba.fill(99);
    (await (await run.iterate(0, 1)).pixels()).fill(99);
    expect((await run.iterate(0, 1)).rgba[0]).toBe(1);
    expect((await (await run.iterate(0, 1)).pixels())[0]).not.toBe(99);
  });

  it("are named where they are not kept", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order({ keep: "last" }));
    await run.finished;
    expect((await run.iterate(3, 4)).rgba[0]).toBe(4);
    expect(await (await run.iterate(3, 4)).pixels()).toHaveLength(36);
    await expect(run.iterate(3, 2)).rejects.toMatchObject({
      code: "iterate-not-kept",
      message: expect.stringContaining("only iterate 4"),
    });
    await expect(run.iterate(9, 1)).rejects.toMatchObject({ code: "iterate-not-kept" });
  });

  it("go when released", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order());
    await run.finished;
    run.release();
    await expect(run.iterate(0, 1)).rejects.toMatchObject({ code: "iterate-not-kept" });
  });
});

describe("failure of the engine", () => {
  it("rejects everything pending when a panic traps, and a new engine works", async () => {
    const error = new WebAssembly.RuntimeError("unreachable");
    const { engine, platform } = await open({ cores: 4, faults: { step: { iteration: 2, error } } });
    const run = new AscentRun(engine, order());
    await expect(collect(run)).rejects.toMatchObject({
      code: "engine-crashed",
      message: expect.stringContaining("panicked at crate/src/ascent.rs"),
    });
    expect(platform.workers.every(({ terminated }) => terminated)).toBe(true);
    await expect(run.iterate(0, 1)).rejects.toMatchObject({ code: "engine-crashed" });
    await expect(new AscentRun(engine, order()).finished).rejects.toMatchObject({ code: "engine-crashed" });
    const again = await open();
    expect(await collect(new AscentRun(again.engine, order()))).toHaveLength(20);
  });

  it("is a crash when a worker breaks down later, and unavailable when it never starts", async () => {
    const { engine, platform } = await open();
    const run = new AscentRun(engine, order({ iterations: 1000 }));
    const failure = expect(run.finished).rejects.toMatchObject({ code: "engine-crashed" });
    await settle();
    platform.workers[0]?.breakDown("Uncaught RuntimeError: unreachable");
    await failure;

    const broken = fakePlatform();
    const opening = Engine.open(ORDER, broken, () => undefined);
    const refusal = expect(opening).rejects.toMatchObject({ code: "engine-unavailable" });
    await Promise.resolve();
    await Promise.resolve();
    broken.workers[0]?.breakDown("Failed to fetch");
    await refusal;
  });

  it("does not outlive an index that cannot be read", async () => {
    const platform = fakePlatform({ faults: { open: coded("weights-not-found", "no index") } });
    const opening = Engine.open(ORDER, platform, () => undefined);
    await expect(opening).rejects.toMatchObject({ code: "weights-not-found", message: "no index" });
    expect(platform.workers.every(({ terminated }) => terminated)).toBe(true);
  });

  it("ends runs as stopped and rejects questions when closed", async () => {
    const { engine } = await open();
    const run = new AscentRun(engine, order({ iterations: 1000 }));
    await run[Symbol.asyncIterator]().next();
    engine.close();
    expect(await run.finished).toBe("stopped");
    await expect(run.iterate(0, 1)).rejects.toMatchObject({ code: "closed" });
    await expect(
      engine.activation({ ...SETTINGS, channel: 0, image: new Float32Array(36) }),
    ).rejects.toMatchObject({
      code: "closed",
    });
  });
});

it("computes a feature map", async () => {
  const { engine } = await open();
  const image = Float32Array.from({ length: 36 }, (_, at) => at);
  const map = await engine.activation({ ...SETTINGS, channel: 1, image });
  expect(map).toEqual({ width: 4, height: 3, values: image.slice(0, 12) });
});

/** What stands in for a canvas; the fake worker gives it a context. */
function canvas(tile: number): OffscreenCanvas {
  return { tile } as unknown as OffscreenCanvas;
}
