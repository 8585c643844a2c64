/** Which requests the service worker answers, and under which names it keeps what. */
import { describe, expect, it } from "vitest";
import { isLoaded } from "../src/offline/news";
import { SiteCache } from "../src/offline/site-cache";

const ROOT = "https://example.org/vgg/";
const cache = new SiteCache(ROOT, {
  version: "two",
  files: ["index.html", "docs/api.html", "assets/a-1.js"],
});
const kind = (url: string, mode: RequestMode = "cors", destination: RequestDestination = "script") =>
  cache.kindOf({ method: "GET", url, mode, destination });

describe("the cache", () => {
  it("keeps the index by the one name that every host knows", () => {
    expect(cache.addresses).toEqual([ROOT, `${ROOT}docs/api.html`, `${ROOT}assets/a-1.js`]);
    for (const same of ["", "index.html", "?x=1", "#layer=block1_conv1"])
      expect(cache.pageAddress(ROOT + same)).toBe(ROOT);
  });

  it("answers for pages and for files whose names change with what is in them", () => {
    expect(kind(ROOT, "navigate", "document")).toBe("page");
    expect(kind(`${ROOT}docs/api.html`, "navigate", "document")).toBe("page");
    expect(kind(`${ROOT}assets/a-1.js`)).toBe("file");
  });

  it("answers for the catalogue, which pages load and hosts change", () => {
    expect(kind(`${ROOT}models.json`, "cors", "")).toBe("catalogue");
    expect(kind("https://example.org/models.json", "cors", "")).toBe("not ours");
    const loaded = ["assets/a-1.js", "models.json", "weights/demo/a.safetensors", "vggscope.js"];
    expect(loaded.map((path) => cache.isOfUse(ROOT + path))).toEqual([true, true, false, false]);
  });

  it("leaves alone frames, what is framed, weights, lasting scripts, other sites and whatever changes something", () => {
    expect(kind(ROOT, "navigate", "iframe")).toBe("not ours");
    expect(kind(`${ROOT}embed.html?controls=full`, "navigate", "document")).toBe("not ours");
    expect(kind(`${ROOT}weights/demo/model.safetensors.index.json`)).toBe("not ours");
    expect(kind(`${ROOT}vggscope.js`)).toBe("not ours");
    expect(kind("https://example.org/assets/a-1.js")).toBe("not ours");
    expect(kind("https://example.com/vgg/assets/a-1.js")).toBe("not ours");
    expect(cache.kindOf({ method: "POST", url: `${ROOT}assets/a-1.js`, mode: "cors", destination: "" })).toBe(
      "not ours",
    );
  });

  it("is old when it is another version of this very site", () => {
    const other = new SiteCache(ROOT, { version: "one", files: [] });
    const neighbour = new SiteCache("https://example.org/vgg2/", { version: "one", files: [] });
    expect(cache.isOld(other.name)).toBe(true);
    expect(cache.isOld(cache.name)).toBe(false);
    expect(cache.isOld(neighbour.name)).toBe(false);
    expect(cache.isOld("vggscope-weights-1")).toBe(false);
  });
});

it.each([
  [{ type: "loaded", addresses: ["a"] }, true],
  [{ type: "loaded", addresses: [1] }, false],
  ["loaded", false],
  [null, false],
])("%j is news: %s", (data, news) => expect(isLoaded(data)).toBe(news));
