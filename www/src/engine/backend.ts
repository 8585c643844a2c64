/** Which backend computes, and why. */
import { VggscopeError } from "../public/errors";
import type { AdapterInfo, Backend } from "../public/types";
import * as words from "../words/backend";

/** What the WebGPU engine needs of an adapter: it stops at device setup without these. */
const REQUIRED: {
  features: readonly GPUFeatureName[];
  limits: Readonly<Partial<Record<keyof GPUSupportedLimits, number>>>;
} = {
  features: ["timestamp-query"],
  limits: { maxComputeInvocationsPerWorkgroup: 256, maxStorageBuffersPerShaderStage: 8 },
};

/** Names that software adapters go by; they compute on the CPU, more slowly than the CPU engine. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|microsoft basic render/i;

export interface Choice {
  backend: Backend;
  adapter: AdapterInfo | null;
  /** A sentence for people. */
  reason: string;
}

/** The part of `navigator.gpu` in use. */
export type AdapterSource = Pick<GPU, "requestAdapter">;

/** Decides, or rejects with `webgpu-unavailable` where WebGPU was asked for by name and cannot run. */
export async function chooseBackend(
  asked: "auto" | Backend,
  gpu: AdapterSource | undefined,
): Promise<Choice> {
  if (asked === "cpu") return onCpu(words.cpuAskedFor);
  const found = await findAdapter(gpu);
  if (typeof found === "string") return declined(asked, found);
  const { adapter, info } = found;
  const name = adapterName(info);
  const lacking = lacks(adapter);
  if (lacking.length > 0) {
    return declined(asked, words.lacking(name, lacking));
  }
  if (asked === "webgpu") return { backend: "webgpu", adapter: info, reason: words.webGpuAskedFor(name) };
  if (info.isFallback) return declined(asked, words.softwareOnly(name));
  return { backend: "webgpu", adapter: info, reason: words.realAdapter(name) };
}

function onCpu(reason: string): Choice {
  return { backend: "cpu", adapter: null, reason };
}

function declined(asked: "auto" | Backend, why: string): Choice {
  if (asked === "auto") return onCpu(words.soCpu(why));
  throw new VggscopeError("webgpu-unavailable", words.cannotUseWebGpu(why));
}

/** An adapter, or a sentence why there is none. */
async function findAdapter(
  gpu: AdapterSource | undefined,
): Promise<string | { adapter: GPUAdapter; info: AdapterInfo }> {
  if (!gpu) return globalThis.isSecureContext === false ? words.noWebGpuOverHttp : words.noWebGpu;
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    return adapter ? { adapter, info: describe(adapter) } : words.noAdapter;
  } catch (error) {
    return words.adapterFailed(error);
  }
}

function describe(adapter: GPUAdapter): AdapterInfo {
  const { vendor, architecture, description } = adapter.info;
  const named = SOFTWARE.test(`${vendor} ${architecture} ${description}`);
  // Older browsers carried the flag on the adapter itself.
  const flagged =
    adapter.info.isFallbackAdapter || ("isFallbackAdapter" in adapter && adapter.isFallbackAdapter === true);
  return { vendor, architecture, description, isFallback: flagged || named };
}

function lacks(adapter: GPUAdapter): string[] {
  const features = REQUIRED.features.filter((feature) => !adapter.features.has(feature));
  const limits = Object.entries(REQUIRED.limits).filter(
    ([name, least]) => Number(adapter.limits[name as keyof GPUSupportedLimits]) < least,
  );
  return [...features, ...limits.map(([name, least]) => words.limitOfAtLeast(name, least))];
}

/** The adapter as people would say it. */
function adapterName({ vendor, architecture, description }: AdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(" ") || words.namelessAdapter;
}
