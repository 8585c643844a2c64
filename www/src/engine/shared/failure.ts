/** Errors on their way between threads: from anything thrown to plain data, and back to a `VggscopeError`. */
import { type ErrorCode, VggscopeError } from "../../public/errors";
import type { Failure } from "./protocol";

/** The Rust side throws `Error`s that carry a `code`, and `bytes` where a download is asked about; anything else gets `fallback`. */
export function toFailure(error: unknown, fallback: ErrorCode): Failure {
  if (!(error instanceof Error)) return { code: fallback, message: String(error), stack: "" };
  const code = "code" in error && typeof error.code === "string" ? (error.code as ErrorCode) : fallback;
  const bytes = "bytes" in error && typeof error.bytes === "number" ? { bytes: error.bytes } : {};
  return { code, message: error.message, stack: error.stack ?? "", ...bytes };
}

/** Its cause is the error as the worker saw it, with the worker's stack. */
export function toError({ code, message, stack, bytes }: Failure): VggscopeError {
  const cause = Object.assign(new Error(message), { stack });
  return new VggscopeError(code, message, { cause, bytes });
}

/** The error as this library's own, whatever was thrown. */
export function asVggscopeError(error: unknown, fallback: ErrorCode): VggscopeError {
  if (error instanceof VggscopeError) return error;
  const { code, message, bytes } = toFailure(error, fallback);
  return new VggscopeError(code, message, { cause: error, bytes });
}

/** A wasm trap: the module's memory can no longer be trusted. */
export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}
