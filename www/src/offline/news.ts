/** What the page tells its service worker: the files that it has loaded, among them the engine that runs here. */
export interface Loaded {
  type: "loaded";
  addresses: string[];
}

export function isLoaded(data: unknown): data is Loaded {
  if (typeof data !== "object" || data === null) return false;
  const { type, addresses } = data as Partial<Loaded>;
  return type === "loaded" && Array.isArray(addresses) && addresses.every((one) => typeof one === "string");
}
