import { expect, it } from "vitest";
import { RunRecord, type StepFacts } from "../src/explorer/record";

function facts(channel: number, iteration: number, changes: Partial<StepFacts> = {}): StepFacts {
  const numbers = { objective: 10 * iteration, gradientNorm: iteration / 2, min: -iteration, max: iteration };
  return { channel, iteration, ...numbers, dead: false, constant: false, finite: true, ...changes };
}

function climbed(): RunRecord {
  const record = new RunRecord([3, 7], 4);
  for (const iteration of [1, 2, 3]) record.note(facts(3, iteration));
  record.note(facts(7, 1, { dead: true, constant: true, finite: false }));
  return record;
}

it("gives back what it was told, and nothing else", () => {
  const record = climbed();
  expect(record.at(3, 2)).toEqual(facts(3, 2));
  expect(record.at(7, 1)).toEqual(facts(7, 1, { dead: true, constant: true, finite: false }));
  for (const [channel, iteration] of [
    [3, 0],
    [3, 4],
    [7, 2],
    [5, 1],
  ] as const)
    expect(record.at(channel, iteration)).toBeUndefined();
});

it("knows how far each channel has come, and all of them", () => {
  const record = climbed();
  expect([record.newest(3), record.newest(7), record.newest(9), record.reached]).toEqual([3, 1, 0, 1]);
  expect(record.farthest).toBe(3);
  expect(new RunRecord([], 0)).toMatchObject({ reached: 0, farthest: 0 });
  expect(new RunRecord([1], 5).reached).toBe(0);
});

it("has curves from the iterate that each number belongs to", () => {
  const curves = climbed().curves(3);
  // The first step's facts say what was measured at the start.
  expect([...(curves?.objective ?? [])]).toEqual([10, 20, 30]);
  expect([...(curves?.gradientNorm ?? [])]).toEqual([0.5, 1, 1.5]);
  expect([...(curves?.min ?? [])]).toEqual([-1, -2, -3]);
  expect([...(curves?.max ?? [])]).toEqual([1, 2, 3]);
  expect(curves?.newest).toBe(3);
  expect(climbed().curves(5)).toBeUndefined();
});

it("notes once from where the climb went on by other settings", () => {
  const record = climbed();
  expect(record.curves(7)?.changes).toEqual([]);
  record.changeSettings(3);
  record.changeSettings(3);
  record.changeSettings(4);
  expect(record.curves(7)?.changes).toEqual([3, 4]);
});
