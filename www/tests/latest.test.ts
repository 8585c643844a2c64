import { expect, it } from "vitest";
import { Latest } from "../src/page/explorer/latest";

it("does one thing at a time, and of what was asked for meanwhile only the last", async () => {
  const done: number[] = [];
  const waiting: (() => void)[] = [];
  const latest = new Latest<number>(async (order) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    done.push(order);
  });
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
