import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type AdapterSource, chooseBackend } from "../src/engine/backend";

interface Described {
  vendor?: string;
  architecture?: string;
  description?: string;
  isFallbackAdapter?: boolean;
  features?: string[];
  limits?: Record<string, number>;
}

const LIMITS = { maxComputeInvocationsPerWorkgroup: 1024, maxStorageBuffersPerShaderStage: 10 };

/** A `navigator.gpu` with one adapter. */
function gpuWith(described: Described): AdapterSource {
  const { vendor = "", architecture = "", description = "", isFallbackAdapter = false } = described;
  const adapter = {
    info: { vendor, architecture, description, isFallbackAdapter },
    features: new Set(described.features ?? ["timestamp-query"]),
    limits: { ...LIMITS, ...described.limits },
  };
  return { requestAdapter: async () => adapter as unknown as GPUAdapter };
}

const nvidia = { vendor: "nvidia", architecture: "ampere" };

describe("auto", () => {
  it("takes a real adapter, and names it", async () => {
    const choice = await chooseBackend("auto", gpuWith(nvidia));
    expect(choice).toMatchObject({ backend: "webgpu", adapter: { vendor: "nvidia", isFallback: false } });
    expect(choice.reason).toContain("nvidia ampere");
  });

  it.each<[string, AdapterSource | undefined, string]>([
    ["no WebGPU", undefined, "no WebGPU"],
    ["no adapter", { requestAdapter: async () => null }, "no graphics adapter"],
    ["a failing driver", { requestAdapter: async () => Promise.reject(new Error("lost")) }, "lost"],
    ["a fallback adapter", gpuWith({ ...nvidia, isFallbackAdapter: true }), "software"],
    ["SwiftShader", gpuWith({ vendor: "google", architecture: "swiftshader" }), "swiftshader"],
    ["llvmpipe", gpuWith({ description: "llvmpipe (LLVM 15)" }), "llvmpipe"],
    ["WARP", gpuWith({ description: "Microsoft Basic Render Driver" }), "Basic Render"],
    ["a missing feature", gpuWith({ ...nvidia, features: [] }), "timestamp-query"],
    [
      "a low limit",
      gpuWith({ ...nvidia, limits: { maxStorageBuffersPerShaderStage: 4 } }),
      "maxStorageBuffersPerShaderStage",
    ],
  ])("takes the CPU with %s, and says why", async (_name, gpu, why) => {
    const choice = await chooseBackend("auto", gpu);
    expect(choice).toMatchObject({ backend: "cpu", adapter: null });
    expect(choice.reason).toContain(why);
  });
});

describe("webgpu", () => {
  it("takes a software adapter too", async () => {
    const choice = await chooseBackend("webgpu", gpuWith({ architecture: "swiftshader" }));
    expect(choice).toMatchObject({ backend: "webgpu", adapter: { isFallback: true } });
  });

  it.each<[string, AdapterSource | undefined, string]>([
    ["no WebGPU", undefined, "no WebGPU"],
    ["a missing feature", gpuWith({ ...nvidia, features: [] }), "timestamp-query"],
  ])("rejects with %s, saying what lacks", async (_name, gpu, why) => {
    await expect(chooseBackend("webgpu", gpu)).rejects.toMatchObject({
      code: "webgpu-unavailable",
      message: expect.stringContaining(why),
    });
  });
});

it("cpu never asks for an adapter", async () => {
  const gpu = { requestAdapter: () => Promise.reject(new Error("asked")) };
  expect(await chooseBackend("cpu", gpu)).toMatchObject({ backend: "cpu", reason: "The CPU was asked for." });
});

it("on a page that came over http the reason is named, and what would help", async () => {
  vi.stubGlobal("isSecureContext", false);
  onTestFinished(() => void vi.unstubAllGlobals());
  expect((await chooseBackend("auto", undefined)).reason).toMatch(/https pages only.*So the CPU computes/);
  await expect(chooseBackend("webgpu", undefined)).rejects.toThrow(/https/);
});
