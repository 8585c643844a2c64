/** Which backend computes, and why. */
import { VggscopeError } from "../public/errors";
import type { AdapterInfo, Backend } from "../public/types";

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
  if (asked === "cpu") return onCpu("The CPU was asked for.");
  const found = await findAdapter(gpu);
  if (typeof found === "string") return declined(asked, found);
  const { adapter, info } = found;
  const name = adapterName(info);
  const lacking = lacks(adapter);
  if (lacking.length > 0) {
    return declined(
      asked,
      `The graphics adapter ${name} lacks what the engine needs: ${lacking.join(", ")}.`,
    );
  }
  if (asked === "webgpu")
    return { backend: "webgpu", adapter: info, reason: `WebGPU was asked for; it runs on ${name}.` };
  if (info.isFallback) return declined(asked, `The only WebGPU adapter here is a software one (${name}).`);
  return { backend: "webgpu", adapter: info, reason: `WebGPU offers a real graphics adapter: ${name}.` };
}

function onCpu(reason: string): Choice {
  return { backend: "cpu", adapter: null, reason };
}

function declined(asked: "auto" | Backend, why: string): Choice {
  if (asked === "auto") return onCpu(`${why} So the CPU computes.`);
  throw new VggscopeError(
    "webgpu-unavailable",
    `WebGPU cannot be used here. ${why} Choose the backend "auto" or "cpu".`,
  );
}

/** An adapter, or a sentence why there is none. */
async function findAdapter(
  gpu: AdapterSource | undefined,
): Promise<string | { adapter: GPUAdapter; info: AdapterInfo }> {
  if (!gpu) return "This browser offers no WebGPU on this page.";
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    return adapter ? { adapter, info: describe(adapter) } : "WebGPU found no graphics adapter.";
  } catch (error) {
    return `WebGPU failed to name a graphics adapter (${String(error)}).`;
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
  return [...features, ...limits.map(([name, least]) => `${name} of at least ${least}`)];
}

/** The adapter as people would say it. */
function adapterName({ vendor, architecture, description }: AdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(" ") || "one without a name";
}
