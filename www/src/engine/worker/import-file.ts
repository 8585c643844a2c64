/** Files that are no safetensors: their reader is a wasm of its own, loaded when the first such file is opened. */
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/worker-errors";
import { isTrap } from "../failure";
import type { ImportedFile, ImportModule } from "../wasm-module";

/** What an importer needs of its surroundings. */
export interface ImportHost {
  loadReader(): Promise<ImportModule>;
  /** The text of the last Rust panic, where there was one. */
  panic(): string | undefined;
}

/** Opens the file; a reader that breaks on it is an error about the file, and leaves the engine alone. */
export async function importFile(host: ImportHost, blob: Blob, name: string): Promise<ImportedFile> {
  const reader = await load(host);
  const guarded = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw isTrap(error) ? broken(host, name, error) : error;
    }
  };
  const file = guarded(() => reader.Importer.open(blob, name));
  return {
    indexText: file.indexText,
    format: file.format,
    layerBytes: file.layerBytes,
    shard: (ordinal) => guarded(() => file.shard(ordinal)),
  };
}

async function load(host: ImportHost): Promise<ImportModule> {
  try {
    const reader = await host.loadReader();
    await reader.default();
    return reader;
  } catch (cause) {
    throw new VggscopeError("engine-unavailable", words.readerNotLoaded(cause), { cause });
  }
}

function broken(host: ImportHost, name: string, cause: unknown): VggscopeError {
  return new VggscopeError(
    "weights-malformed",
    words.readerStopped(name, (host.panic() ?? String(cause)).trim()),
    { cause },
  );
}
