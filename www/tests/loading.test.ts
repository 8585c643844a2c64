/** Opening and loading on the way: given up, waited for by several, and reported. */
import { describe, expect, it } from "vitest";
import { AscentRun, type RunOrder } from "../src/engine/ascent-run";
import { Engine } from "../src/engine/engine";
import type { LoadReport } from "../src/engine/shared/wasm-module";
import type { WeightProgress } from "../src/public/types";
import { type FakePlatform, fakePlatform, ORDER, settle } from "./fake-platform";
import { coded, type FakeOptions } from "./fake-wasm";

function order(layer: string): RunOrder {
  const size = { width: 4, height: 3, learningRate: 10, seed: 436 };
  return {
    settings: { layer, ...size, step: "gradient", preprocessing: "none" },
    channels: [0],
    iterations: 2,
    keep: "all",
  };
}

/** An engine whose loads take until they are let through by name. */
async function openSlow(options: FakeOptions & { cores?: number } = {}) {
  const asked: string[] = [];
  const through = new Map<string, () => void>();
  const onLoad = (layer: string) => {
    asked.push(layer);
    return new Promise<void>((resolve) => through.set(layer, resolve));
  };
  const platform = fakePlatform({ ...options, onLoad });
  const engine = await Engine.open(ORDER, platform, () => undefined);
  return { engine, platform, asked, letThrough: (layer: string) => through.get(layer)?.() };
}

function cancels(platform: FakePlatform): number[] {
  const told = platform.workers.flatMap((worker) => worker.told);
  return told.flatMap((message) => (message.kind === "cancel" ? [message.request] : []));
}

describe("opening", () => {
  it("tells the worker the source, its name and what is allowed", async () => {
    const opened: unknown[][] = [];
    const file = new Blob(["weights"]);
    const platform = fakePlatform({ onOpen: (...args) => opened.push(args) });
    const large = { ...ORDER, sources: file, name: "vgg16.h5", allowFullDownload: true };
    const engine = await Engine.open(large, platform, () => undefined);
    expect(opened).toEqual([[expect.any(Blob), "vgg16.h5", true]]);
    expect(engine.model.origin.kind).toBe("folder");
  });

  it("says of the model what its catalogue says, and takes the input scaling for stated", async () => {
    const stated = {
      name: "ImageNet",
      description: "Photographs.",
      licence: "BSD-3-Clause",
      source: "https://host.example/w",
      preprocessing: "caffe",
    } as const;
    const engine = await Engine.open({ ...ORDER, stated }, fakePlatform(), () => undefined);
    expect(engine.model).toMatchObject({ ...stated, origin: { preprocessingGuessed: false } });
    await engine.prepare({ layer: "block1_conv2", width: 4, height: 3, channels: 1 });
    expect(engine.model.name).toBe("ImageNet");
  });

  it("given up while the host does not answer rejects at once and ends the worker", async () => {
    const platform = fakePlatform({ faults: { openStalls: true } });
    const controller = new AbortController();
    const opening = Engine.open({ ...ORDER, signal: controller.signal }, platform, () => undefined);
    const refusal = expect(opening).rejects.toMatchObject({
      code: "weights-cancelled",
      message: expect.stringContaining("http://localhost/weights/"),
    });
    await settle();
    controller.abort();
    await refusal;
    expect(platform.workers.map(({ terminated }) => terminated)).toEqual([true]);
  });

  it("given up before it began starts no worker", async () => {
    const platform = fakePlatform();
    const opening = Engine.open({ ...ORDER, signal: AbortSignal.abort() }, platform, () => undefined);
    await expect(opening).rejects.toMatchObject({ code: "weights-cancelled" });
    expect(platform.workers).toEqual([]);
  });

  it("once open, does not mind its signal any more", async () => {
    const controller = new AbortController();
    const engine = await Engine.open(
      { ...ORDER, signal: controller.signal },
      fakePlatform(),
      () => undefined,
    );
    controller.abort();
    expect(await new AscentRun(engine, order("block1_conv1")).finished).toBe("finished");
  });

  it("says why it failed where it was not given up", async () => {
    const asked = coded("weights-needs-full-download", "vgg16.h5 can only be had whole (553.4 MB)");
    const error = Object.assign(asked, { bytes: 553_433_881 });
    const opening = Engine.open(
      { ...ORDER, signal: new AbortController().signal },
      fakePlatform({ faults: { open: error } }),
      () => undefined,
    );
    await expect(opening).rejects.toMatchObject({ code: "weights-needs-full-download", bytes: 553_433_881 });
  });
});

describe("a run stopped while its weights are loading", () => {
  it("ends the loading, and starting again loads", async () => {
    const { engine, platform, asked, letThrough } = await openSlow();
    const run = new AscentRun(engine, order("block2_conv1"));
    await settle();
    run.stop();
    expect(await run.finished).toBe("stopped");
    await settle();
    expect(cancels(platform)).toHaveLength(1);
    const again = new AscentRun(engine, order("block2_conv1"));
    await settle();
    letThrough("block2_conv1");
    expect(await again.finished).toBe("finished");
    expect(asked).toEqual(["block2_conv1", "block2_conv1"]);
  });

  it("leaves the loading to another that waits for it", async () => {
    const { engine, platform, asked, letThrough } = await openSlow();
    const run = new AscentRun(engine, order("block1_conv2"));
    const other = new AscentRun(engine, order("block1_conv2"));
    await settle();
    run.release();
    await settle();
    expect(cancels(platform)).toEqual([]);
    letThrough("block1_conv2");
    expect(await other.finished).toBe("finished");
    expect(await run.finished).toBe("stopped");
    expect(asked).toEqual(["block1_conv2"]);
  });

  it("does not keep a shallower one waiting", async () => {
    const { engine, asked, letThrough } = await openSlow();
    const deep = new AscentRun(engine, order("block2_conv1"));
    await settle();
    const shallow = new AscentRun(engine, order("block1_conv1"));
    deep.stop();
    await settle();
    letThrough("block1_conv1");
    expect(await shallow.finished).toBe("finished");
    expect(asked).toEqual(["block2_conv1", "block1_conv1"]);
  });
});

it("a run whose weights are there does not wait for another's", async () => {
  const { engine, letThrough } = await openSlow();
  const first = new AscentRun(engine, order("block1_conv2"));
  await settle();
  letThrough("block1_conv2");
  expect(await first.finished).toBe("finished");
  const deep = new AscentRun(engine, order("block2_conv1"));
  await settle();
  const again = new AscentRun(engine, order("block1_conv2"));
  expect(await again.finished).toBe("finished");
  deep.stop();
});

it("a shallow run does not wait for a deep one's weights, and files that both bring go to each worker once", async () => {
  const accepted: string[] = [];
  const { engine, letThrough } = await openSlow({ cores: 3, onAccept: (file) => accepted.push(file) });
  const deep = new AscentRun(engine, { ...order("block1_conv2"), channels: [0, 1] });
  const shallow = new AscentRun(engine, { ...order("block1_conv1"), channels: [0, 1] });
  await settle();
  letThrough("block1_conv1");
  expect(await shallow.finished).toBe("finished");
  letThrough("block1_conv2");
  expect(await deep.finished).toBe("finished");
  expect(accepted).toEqual(["block1_conv1.safetensors", "block1_conv2.safetensors"]);
});

it("progress comes with its state, and with the time left only while bytes move", async () => {
  const bytes = { totalBytes: 1000, layer: "block1_conv1" };
  const reports: LoadReport[] = [
    { ...bytes, loadedBytes: 100, state: "fetching", detail: "" },
    {
      ...bytes,
      loadedBytes: 100,
      state: "retrying",
      detail: "Trying again in 1 s: the connection was lost.",
    },
    { ...bytes, loadedBytes: 1000, state: "reading", detail: "" },
  ];
  const seen: WeightProgress[] = [];
  const engine = await Engine.open(ORDER, fakePlatform({ reports }), (progress) => seen.push(progress));
  await new AscentRun(engine, order("block1_conv1")).finished;
  expect(seen.map(({ secondsLeft: _left, ...report }) => report)).toEqual(reports);
  expect(seen[1]?.secondsLeft).toBeUndefined();
});
