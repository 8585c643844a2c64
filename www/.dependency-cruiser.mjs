/**
 * Which folder of src/ may import which. Types count too, and whatever is imported only when it is needed. A folder imports those
 * above it in this table and no other, so that there is no circle between folders; between files it is looked for.
 */
const ARROWS = {
  /** The documented types and errors. */
  public: [],
  words: ["public"],
  /** Layers, limits and defaults, which checks, links and controls share. */
  basics: [],
  dom: ["public", "words"],

  "engine/shared": ["public"],
  "engine/worker": ["basics", "engine/shared", "public", "wasm", "words"],
  "engine/catalogue": ["basics", "public", "words"],
  engine: ["basics", "engine/catalogue", "engine/shared", "engine/worker", "public", "wasm", "words"],
  /** What scripts open and climb with; the element's interface. */
  api: ["basics", "engine", "engine/catalogue", "engine/shared", "public", "words"],

  settings: ["basics", "engine/catalogue", "words"],
  /** Player and close view, for the element and for the page. */
  explorer: ["api", "basics", "dom", "engine", "engine/shared", "public", "settings", "words"],
  element: ["api", "basics", "dom", "engine", "engine/shared", "explorer", "public", "settings", "words"],
  /** The library's entry. */
  ".": ["api", "element", "public"],
  frame: [".", "dom", "settings", "words"],
  offline: ["element", "engine"],

  "page/bar": ["dom"],
  /** What all parts of the page stand on. */
  "page/base": ["dom", "engine/catalogue", "page/bar", "settings", "words"],
  "page/settings": ["dom", "element", "explorer", "page/base", "public", "settings", "words"],
  "page/compare": [
    ...["dom", "element", "engine", "engine/catalogue", "explorer", "page/base", "page/settings"],
    ...["settings", "words"],
  ],
  "page/explorer": [
    ...["dom", "element", "engine", "explorer", "page/base", "page/compare", "page/settings"],
    ...["settings", "words"],
  ],
  "page/code": [
    ...["basics", "dom", "element", "engine", "engine/catalogue", "page/base", "page/explorer", "public"],
    ...["settings", "words"],
  ],
  "page/embed": ["dom", "engine", "page/base", "settings", "words"],
  "page/export/shared": ["words"],
  "page/export/worker": ["page/base", "page/export/shared", "words"],
  "page/export": [
    ...["basics", "dom", "element", "engine", "engine/shared", "explorer", "page/base", "page/explorer"],
    ...["page/export/shared", "page/export/worker", "public", "settings", "words"],
  ],
  "page/map": ["basics", "dom", "engine", "page/base", "public", "settings", "words"],
  "page/models": ["dom", "element", "engine", "engine/catalogue", "page/base", "public", "settings", "words"],
  "page/tour": ["dom", "page/base", "settings", "words"],
  /** The roof: it puts the parts together. */
  page: [
    ...[".", "api", "basics", "dom", "element", "engine", "offline", "public", "settings", "words"],
    ...["page/bar", "page/base", "page/code", "page/embed", "page/explorer", "page/export", "page/map"],
    ...["page/models", "page/settings", "page/tour"],
  ],
};

const folders = Object.keys(ARROWS);

/** A folder's own files, without those of the folders in it. */
function filesOf(folder) {
  return folder === "." ? "^src/[^/]+$" : `^src/${folder}/[^/]+$`;
}

function targets(folder) {
  return folder === "wasm" ? "^src/wasm/" : filesOf(folder);
}

for (const [at, folder] of folders.entries()) {
  const later = ARROWS[folder].filter((other) => other !== "wasm" && !folders.slice(0, at).includes(other));
  if (later.length > 0)
    throw new Error(`src/${folder} may import only what stands above it, and not ${later}.`);
}

export default {
  forbidden: [
    {
      name: "circle",
      severity: "error",
      comment: "Files that need each other are one file, or need a third.",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "folder-without-arrows",
      severity: "error",
      comment: "A new folder gets a row in the table of arrows.",
      from: { path: "^src/", pathNot: [...folders.map(filesOf), "^src/wasm/"] },
      to: {},
    },
    ...folders.map((folder) => ({
      name: `arrow-from-${folder}`,
      severity: "error",
      comment: "The table of arrows has no arrow between these folders.",
      from: { path: filesOf(folder) },
      to: { path: "^src/", pathNot: [folder, ...ARROWS[folder]].map(targets) },
    })),
  ],
  options: {
    // The compiler's own interface is gone since TypeScript 7.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: ["node_modules", "^src/wasm/"] },
  },
};
