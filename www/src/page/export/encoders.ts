/** Whether this browser encodes video, asked without loading what would write it. */

/** One codec of each container that is as good as any other to ask for. */
const PROBES: Record<"webm" | "mp4", readonly string[]> = {
  webm: ["vp09.00.31.08", "vp8"],
  mp4: ["avc1.42001f"],
};

export async function canEncode(kind: "webm" | "mp4"): Promise<boolean> {
  if (!("VideoEncoder" in globalThis)) return false;
  // WebKitGTK's page crashes where nothing was asked of its media library before its encoders are.
  document.createElement("video").canPlayType(`video/${kind}`);
  const answers = await Promise.all(PROBES[kind].map(supports));
  return answers.includes(true);
}

async function supports(codec: string): Promise<boolean> {
  try {
    const { supported } = await VideoEncoder.isConfigSupported({ codec, width: 640, height: 640 });
    return supported === true;
  } catch {
    return false;
  }
}
