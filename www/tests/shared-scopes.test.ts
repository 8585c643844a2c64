/** Elements that want the same share one engine; it goes with the last of them. */
import { describe, expect, it } from "vitest";
import { SharedScopes, type Wanted } from "../src/element/shared-scopes";
import type { OpenOptions, WeightProgress } from "../src/public/types";

const WANTED: Wanted = { weights: "a/", network: undefined, backend: "cpu", allowFullDownload: false };
const PROGRESS = { loadedBytes: 1 } as WeightProgress;
const nobody = () => undefined;

class Fake {
  closed = 0;
  close(): void {
    this.closed += 1;
  }
}

function shop() {
  const opened: { options: OpenOptions; scope: Fake }[] = [];
  const failures: Error[] = [];
  const scopes = new SharedScopes<Fake>(async (options) => {
    const failure = failures.pop();
    if (failure) throw failure;
    opened.push({ options, scope: new Fake() });
    return opened.at(-1)?.scope ?? new Fake();
  });
  return { scopes, opened, failures };
}

describe("shared engines", () => {
  it("one for the same wishes, another for others", async () => {
    const { scopes, opened } = shop();
    const [one, other] = [scopes.lease(WANTED, nobody), scopes.lease({ ...WANTED }, nobody)];
    expect(await one.scope).toBe(await other.scope);
    const third = scopes.lease({ ...WANTED, backend: "webgpu" }, nobody);
    expect(await third.scope).not.toBe(await one.scope);
    expect(opened).toHaveLength(2);
  });

  it("closes with its last holder, however often each lets go", async () => {
    const { scopes } = shop();
    const [one, other] = [scopes.lease(WANTED, nobody), scopes.lease(WANTED, nobody)];
    const scope = await one.scope;
    one.release();
    one.release();
    await Promise.resolve();
    expect(scope.closed).toBe(0);
    other.release();
    await new Promise((resolve) => setTimeout(resolve));
    expect(scope.closed).toBe(1);
    expect(await scopes.lease(WANTED, nobody).scope).not.toBe(scope);
  });

  it("gives an opening up only when nobody waits for it any more", () => {
    const { scopes, opened } = shop();
    const [one, other] = [scopes.lease(WANTED, nobody), scopes.lease(WANTED, nobody)];
    one.release();
    expect(opened[0]?.options.signal?.aborted).toBe(false);
    other.release();
    expect(opened[0]?.options.signal?.aborted).toBe(true);
  });

  it("tells every holder of weights, and none who has let go", async () => {
    const { scopes, opened } = shop();
    const heard: string[] = [];
    const one = scopes.lease(WANTED, () => heard.push("one"));
    scopes.lease(WANTED, () => heard.push("other"));
    opened[0]?.options.onProgress?.(PROGRESS);
    one.release();
    opened[0]?.options.onProgress?.(PROGRESS);
    expect(heard).toEqual(["one", "other", "other"]);
  });

  it("one that failed, or was spoilt, is given to nobody else", async () => {
    const { scopes, failures } = shop();
    failures.push(new Error("no"));
    const failed = scopes.lease(WANTED, nobody);
    await expect(failed.scope).rejects.toThrow("no");
    const next = scopes.lease(WANTED, nobody);
    const scope = await next.scope;
    expect(next.current).toBe(true);
    const neighbour = scopes.lease(WANTED, nobody);
    next.spoil();
    expect(neighbour.current).toBe(false);
    expect(scope.closed).toBe(0);
    expect(await scopes.lease(WANTED, nobody).scope).not.toBe(scope);
  });
});
