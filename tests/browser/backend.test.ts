/** Which backend computes, and what the page says about it. Chromium's WebGPU here is SwiftShader: software. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { stage } from "./support/fixture";
import { LabPage } from "./support/lab";

const set = stage();
let lab: LabPage;

beforeAll(async () => {
  lab = await LabPage.open(set);
});

afterAll(() => expect(lab.errors).toEqual([]));

function facts(scope: number) {
  return lab.page.evaluate((number) => {
    const { backend, backendReason: reason, adapter } = inPage.scope(number);
    return { backend, reason, adapter };
  }, scope);
}

it("auto takes the CPU where the only adapter is a software one, and says so by its name", async () => {
  const { backend, reason, adapter } = await facts(await lab.scope({ backend: "auto" }));
  expect({ backend, adapter }).toEqual({ backend: "cpu", adapter: null });
  expect(reason).toMatch(/software/i);
  expect(reason).toMatch(/swiftshader/i);
});

it("WebGPU by name runs on the software adapter and reports it", async () => {
  const { backend, reason, adapter } = await facts(await lab.scope({ backend: "webgpu" }));
  expect(backend).toBe("webgpu");
  expect(reason).toMatch(/WebGPU was asked for/);
  expect(adapter).toMatchObject({ vendor: "google", architecture: "swiftshader", isFallback: true });
});

it("the CPU by name is the CPU", async () => {
  const { backend, reason, adapter } = await facts(await lab.scope({ backend: "cpu" }));
  expect({ backend, reason, adapter }).toEqual({
    backend: "cpu",
    reason: "The CPU was asked for.",
    adapter: null,
  });
});

it("the model's own words and layers are there once it is open", async () => {
  const scope = await lab.scope({ weights: "/weights/untrained/", backend: "cpu" });
  const model = await lab.page.evaluate((number) => inPage.scope(number).model, scope);
  expect(model.name).toMatch(/untrained/i);
  expect(model.preprocessing).toBe("none");
  const convolutions = model.layers.filter(({ kind }) => kind === "convolution");
  expect(convolutions.map(({ channels }) => channels)).toEqual([
    64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512,
  ]);
  expect(model.layers).toHaveLength(18);
  expect(convolutions.every(({ inModel, bytes }) => inModel && bytes > 0)).toBe(true);
  expect(model.layers.find(({ name }) => name === "block3_conv1")).toMatchObject({
    receptiveField: 24,
    downsampling: 4,
  });
});

it("an adapter that is missing makes WebGPU by name an error, and auto the CPU", async () => {
  const other = await LabPage.open(set);
  await other.page.evaluate(() => {
    Object.defineProperty(navigator, "gpu", { value: undefined });
  });
  const refusal = await other.page.evaluate(() => inPage.refusal(() => inPage.open({ backend: "webgpu" })));
  expect(refusal).toMatchObject({ own: true, code: "webgpu-unavailable" });
  expect(refusal?.message).toMatch(/no WebGPU.*"auto" or "cpu"/);
  const scope = await other.scope({ backend: "auto" });
  expect(await other.page.evaluate((number) => inPage.scope(number).backend, scope)).toBe("cpu");
  await other.close();
});
