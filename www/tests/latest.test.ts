import { expect, it } from "vitest";
import { Latest } from "../src/explorer/latest";

function unexpected(error: unknown): never {
  throw error;
}

it("does one thing at a time, and of what was asked for meanwhile only the last", async () => {
  const done: number[] = [];
  const waiting: (() => void)[] = [];
  const latest = new Latest<number>(async (order) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    done.push(order);
  }, unexpected);
  const turn = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  for (const order of [1, 2, 3, 4]) latest.ask(order);
  expect(waiting).toHaveLength(1);
  await turn();
  await turn();
  expect(done).toEqual([1, 4]);
  latest.ask(5);
  await turn();
  expect(done).toEqual([1, 4, 5]);
});

it("tells of work that failed, and goes on with what is asked for", async () => {
  const done: number[] = [];
  const failed: [unknown, number][] = [];
  const latest = new Latest<number>(
    async (order) => {
      if (order < 3) throw new Error(`no ${order}`);
      done.push(order);
    },
    (error, order) => failed.push([error, order]),
  );
  latest.ask(1);
  latest.ask(2);
  await new Promise((resolve) => setTimeout(resolve));
  latest.ask(3);
  await new Promise((resolve) => setTimeout(resolve));
  expect(failed).toEqual([
    [new Error("no 1"), 1],
    [new Error("no 2"), 2],
  ]);
  expect(done).toEqual([3]);
});
