/** A site is built with a catalogue of its host's own, or not at all. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";

const FOLDER = mkdtempSync(join(tmpdir(), "vggscope-catalogue-"));
const MINE = {
  id: "mine",
  name: "Mine",
  note: "It was trained at home.",
  architecture: "vgg16",
  preprocessing: "torch",
  licence: "CC0-1.0",
  bytes: 58_889_256,
  sources: ["weights/mine/"],
};

afterAll(() => rmSync(FOLDER, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** The plugin of a build with this file, or with the site's own. */
async function pluginFor(content?: unknown) {
  const file = join(FOLDER, "models.json");
  if (content !== undefined) {
    writeFileSync(file, JSON.stringify(content));
    vi.stubEnv("VGGSCOPE_MODELS", file);
  }
  vi.resetModules();
  const { catalogue } = await import("../scripts/catalogue.ts");
  const plugin = catalogue();
  const emitted: unknown[] = [];
  const emit = plugin.generateBundle as (this: { emitFile(file: unknown): void }) => void;
  emit.call({ emitFile: (made) => emitted.push(made) });
  const { define } = (plugin.config as () => { define: Record<string, string> })();
  return {
    emitted,
    built: JSON.parse(define.__DEFAULT_MODEL__ ?? ""),
    shipped: define.__SHIPPED_MODELS__ ?? "",
  };
}

it("builds the default's entry in, and leaves the site's own file where it is", async () => {
  const { built, shipped, emitted } = await pluginFor();
  expect(built).toMatchObject({ id: "textures", sources: ["weights/demo/"] });
  expect((JSON.parse(shipped) as { id: string }[]).map(({ id }) => id)).toEqual(["textures", "untrained"]);
  expect(emitted).toEqual([]);
});

it("takes a host's own file in its place, and still has the models that come with the site", async () => {
  const { built, shipped, emitted } = await pluginFor({ default: "mine", models: [MINE] });
  expect(built).toMatchObject({ id: "mine", sources: ["weights/mine/"] });
  expect(shipped).toContain('"untrained"');
  expect(emitted).toMatchObject([{ fileName: "models.json", source: expect.stringContaining("at home") }]);
});

it("ends where something is wrong with the file, and says what", async () => {
  const bad = pluginFor({
    default: "mine",
    models: [MINE, { ...MINE, id: "bad", sources: ["javascript:1"] }],
  });
  await expect(bad).rejects.toThrow(/models\.json: Entry 2 \(“bad”\) of models\.json: sources is/);
  await expect(pluginFor([])).rejects.toThrow(/no list “models”/);
});
