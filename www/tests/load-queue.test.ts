import { expect, it } from "vitest";
import { LoadQueue } from "../src/engine/load-queue";
import { coded } from "./fake-wasm";

interface Load {
  layer: string;
  signal: AbortSignal;
  end(): void;
  fail(error: Error): void;
}

/** A queue whose loads end by hand, or when they are given up. Layers are numbers, deeper ones larger. */
function handQueue() {
  const loads: Load[] = [];
  const load = (layer: string, signal: AbortSignal) =>
    new Promise<void>((end, fail) => {
      loads.push({ layer, signal, end, fail });
      signal.addEventListener("abort", () => fail(coded("weights-cancelled", "given up")));
    });
  return { loads, queue: new LoadQueue(load, Number) };
}

/** Lets the promises now settled be heard. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

function outcome(waiting: Promise<void>): { readonly now: string } {
  const seen = { now: "waiting" };
  waiting.then(
    () => Object.assign(seen, { now: "loaded" }),
    (error: { code: string }) => Object.assign(seen, { now: error.code }),
  );
  return seen;
}

it("loads once for all who wait for the same layer", async () => {
  const { loads, queue } = handQueue();
  const waiting = ["5", "5"].map((layer) => outcome(queue.wait(layer)));
  expect(loads.map(({ layer }) => layer)).toEqual(["5"]);
  loads[0]?.end();
  await turn();
  expect(waiting.map(({ now }) => now)).toEqual(["loaded", "loaded"]);
  const shallower = outcome(queue.wait("3"));
  await turn();
  expect([shallower.now, loads.length]).toEqual(["loaded", 1]);
});

it("lets nobody wait for a deeper layer than their own", async () => {
  const { loads, queue } = handQueue();
  const [deep, shallow] = ["9", "4"].map((layer) => outcome(queue.wait(layer)));
  expect(loads.map(({ layer }) => layer)).toEqual(["9", "4"]);
  loads[1]?.end();
  await turn();
  expect([shallow?.now, deep?.now]).toEqual(["loaded", "waiting"]);
});

it("gives a load up when the only one who waits for it leaves", async () => {
  const { loads, queue } = handQueue();
  const controller = new AbortController();
  const given = outcome(queue.wait("5", controller.signal));
  controller.abort();
  await turn();
  expect(given.now).toBe("weights-cancelled");
  expect(loads[0]?.signal.aborted).toBe(true);
});

it("keeps a load going while another waits for it", async () => {
  const { loads, queue } = handQueue();
  const controller = new AbortController();
  const given = outcome(queue.wait("5", controller.signal));
  const other = outcome(queue.wait("5"));
  controller.abort();
  await turn();
  expect([given.now, other.now]).toEqual(["weights-cancelled", "waiting"]);
  expect(loads[0]?.signal.aborted).toBe(false);
  loads[0]?.end();
  await turn();
  expect(other.now).toBe("loaded");
});

it("starts anew for who comes for a layer just given up", async () => {
  const { loads, queue } = handQueue();
  const controller = new AbortController();
  queue.wait("5", controller.signal).catch(() => undefined);
  controller.abort();
  const again = outcome(queue.wait("5"));
  await turn();
  expect(loads).toHaveLength(2);
  loads[1]?.end();
  await turn();
  expect(again.now).toBe("loaded");
});

it("lets go at once of who comes with a signal aborted before", async () => {
  const { loads, queue } = handQueue();
  const given = outcome(queue.wait("5", AbortSignal.abort()));
  await turn();
  expect(given.now).toBe("weights-cancelled");
  expect(loads).toEqual([]);
  // Also where there is nothing to wait for.
  queue.wait("5");
  loads[0]?.end();
  await turn();
  const late = outcome(queue.wait("5", AbortSignal.abort()));
  await turn();
  expect(late.now).toBe("weights-cancelled");
});

it("a failed load fails those who wait for its layer; others get their own", async () => {
  const { loads, queue } = handQueue();
  const [one, other, deep] = ["5", "5", "9"].map((layer) => outcome(queue.wait(layer)));
  loads[0]?.fail(coded("weights-not-found", "404"));
  await turn();
  expect([one?.now, other?.now, deep?.now]).toEqual(["weights-not-found", "weights-not-found", "waiting"]);
  loads[1]?.end();
  await turn();
  expect(deep?.now).toBe("loaded");
});
