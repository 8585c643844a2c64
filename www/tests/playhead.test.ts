import { expect, it } from "vitest";
import { Playhead } from "../src/explorer/playhead";

function climbing(reached: number, changes: Partial<Parameters<Playhead["progress"]>[0]> = {}): Playhead {
  const playhead = new Playhead();
  playhead.progress({ length: 100, reached, every: 1, ...changes });
  return playhead;
}

const finished = () => climbing(100);

it("follows the newest iterate until something else is asked for", () => {
  const playhead = climbing(7);
  expect(playhead).toMatchObject({ position: 7, wanted: undefined });
  playhead.progress({ length: 100, reached: 9, every: 1 });
  expect(playhead.position).toBe(9);
  playhead.seek(4);
  playhead.progress({ length: 100, reached: 50, every: 1 });
  expect(playhead).toMatchObject({ position: 4 });
  playhead.follow();
  expect(playhead.position).toBe(50);
});

it("waits for an iterate that a link names until the climb has come there", () => {
  const playhead = new Playhead();
  playhead.lookAt(57);
  playhead.progress({ length: 100, reached: 20, every: 1 });
  expect(playhead).toMatchObject({ position: 20, wanted: 57 });
  playhead.progress({ length: 100, reached: 80, every: 1 });
  expect(playhead.position).toBe(57);
});

it.each([
  [-3, 0, 0],
  [0, 0, 0],
  [99, 99, 99],
  [100, 100, undefined],
  [1000, 100, undefined],
])("seeking %i in a finished climb comes to %i", (to, position, wanted) => {
  const playhead = finished();
  playhead.seek(to);
  expect(playhead).toMatchObject({ position, wanted });
});

it("seeking beyond a climb that goes on follows it", () => {
  const playhead = climbing(30);
  playhead.seek(2);
  playhead.seek(90);
  expect(playhead).toMatchObject({ wanted: undefined });
});

it("steps on and back, and stays within the climb", () => {
  const playhead = finished();
  playhead.step(-1);
  expect(playhead.position).toBe(99);
  playhead.step(1);
  playhead.step(1);
  expect(playhead.position).toBe(100);
  playhead.seek(1);
  playhead.step(-1);
  playhead.step(-1);
  expect(playhead.position).toBe(0);
});

it("plays at its speed, from the start where it stands at the end, and ends at the newest", () => {
  const playhead = finished();
  playhead.setSpeed(20, 0);
  playhead.play(1000);
  expect(playhead).toMatchObject({ playing: true, position: 0 });
  playhead.tick(1049);
  expect(playhead.position).toBe(0);
  playhead.tick(1050);
  expect(playhead.position).toBe(1);
  playhead.tick(2000);
  expect(playhead.position).toBe(20);
  playhead.setSpeed(60, 2000);
  playhead.tick(2500);
  expect(playhead.position).toBe(50);
  playhead.tick(10_000);
  expect(playhead).toMatchObject({ playing: false, position: 100, wanted: undefined });
});

it("pausing, seeking and a link end the playing where they say", () => {
  for (const [end, position] of [
    [(playhead: Playhead) => playhead.pause(), 20],
    [(playhead: Playhead) => playhead.seek(3), 3],
    [(playhead: Playhead) => playhead.lookAt(44), 44],
  ] as const) {
    const playhead = finished();
    playhead.play(0);
    playhead.tick(1000);
    end(playhead);
    playhead.tick(2000);
    expect(playhead).toMatchObject({ playing: false, position });
  }
});

it("playing catches up with a climb that goes on, and then follows it", () => {
  const playhead = climbing(10);
  playhead.play(0);
  playhead.tick(400);
  expect(playhead.position).toBe(8);
  playhead.tick(600);
  expect(playhead).toMatchObject({ playing: false, position: 10 });
});

it("rests only on what is at hand where a long climb keeps every eighth", () => {
  const playhead = climbing(100, { every: 8 });
  playhead.seek(21);
  expect(playhead.position).toBe(16);
  playhead.step(1);
  expect(playhead.position).toBe(24);
  playhead.seek(100);
  playhead.step(-1);
  expect(playhead.position).toBe(96);
  playhead.seek(0);
  playhead.play(0);
  playhead.tick(100);
  expect(playhead.position).toBe(16);
});

it("tells of every change, and of nothing else", () => {
  const playhead = new Playhead();
  let told = 0;
  playhead.watch(() => told++);
  const climb = { length: 100, reached: 5, every: 1 };
  playhead.progress(climb);
  playhead.progress({ ...climb });
  playhead.lookAt(undefined);
  playhead.tick(100);
  expect(told).toBe(1);
  playhead.seek(2);
  expect(told).toBe(2);
});
