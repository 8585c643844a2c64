/** Single files: their reader is a wasm of its own, loaded when the first such file is opened. */
import { VggscopeError } from "../../public/errors";
import * as words from "../../words/worker-errors";
import { isTrap } from "../shared/failure";
import type { ImportedFile, Importers, ImportModule } from "../shared/wasm-module";

/** What importers need of their surroundings. */
export interface ImportHost {
  loadReader(): Promise<ImportModule>;
  /** The text of the last Rust panic, where there was one. */
  panic(): string | undefined;
}

/** Loads the reader; one that breaks on a file is an error about the file, and leaves the engine alone. */
export async function loadImporters(host: ImportHost): Promise<Importers> {
  const { Importer } = await load(host);
  const guarded = <T>(name: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw isTrap(error) ? broken(host, name, error) : error;
    }
  };
  const guardedFile = (name: string, open: () => ImportedFile): ImportedFile => {
    const file = guarded(name, open);
    return {
      // Known once the first layer is there.
      get indexText() {
        return file.indexText;
      },
      get isRecognised() {
        return file.isRecognised;
      },
      format: file.format,
      assumed: file.assumed,
      layerBytes: file.layerBytes,
      ranges: (ordinal) => file.ranges(ordinal),
      shard: (ordinal, fetched) => guarded(name, () => file.shard(ordinal, fetched)),
    };
  };
  return {
    open: (blob, name, expected) => guardedFile(name, () => Importer.open(blob, name, expected)),
    formatOf: (name, head, size) => guarded(name, () => Importer.formatOf(name, head, size)),
    headerEnd: (name, head, size) => guarded(name, () => Importer.headerEnd(name, head, size)),
    openParts: (name, head, size, expected) =>
      guardedFile(name, () => Importer.openParts(name, head, size, expected)),
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
