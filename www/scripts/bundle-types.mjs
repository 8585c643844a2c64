/**
 * Writes dist/vggscope.d.ts: the declarations of src/public and src/api in one file. They import only from each other, so
 * joining them without their imports is enough.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const emitted = `${root}.types`;
const parts = ["public/errors", "public/types", "api/vggscope", "api/element"];

execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, ...["-p", `${root}tsconfig.types.json`, "--outDir", emitted]],
  { stdio: "inherit" },
);
const declarations = parts.map((part) => readFileSync(`${emitted}/${part}.d.ts`, "utf8"));
const joined = declarations.join("\n").replaceAll(/^import .*;\n/gm, "");
if (/\bfrom "\.|import\("/.test(joined))
  throw new Error("A public declaration refers to a file outside src/public and src/api.");
writeFileSync(`${root}dist/vggscope.d.ts`, joined);
rmSync(emitted, { recursive: true });
