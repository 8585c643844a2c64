/** What can be wrong with a host's answers. */
import { gzipSync } from "node:zlib";
import { type Answer, answer, lengthOf, type Question, webPage } from "./answer";
import { type Contents, NOTHING, part, whole } from "./contents";

export type Fault =
  /** Another status, without a body. */
  | { kind: "status"; status: number }
  /** A web page, with status 200, in place of the file. */
  | { kind: "web-page" }
  /** Other contents under the file's name. */
  | { kind: "other"; contents: Contents }
  /** Only so many bytes, and a length header that agrees with them. */
  | { kind: "short"; bytes: number }
  /** One bit of this byte is wrong. */
  | { kind: "flip"; at: number }
  /** The right length promised, and the connection closed after so many bytes. */
  | { kind: "cut"; bytes: number }
  /** No answer at all, and no end. */
  | { kind: "stall" }
  /** So many bytes, then nothing, and no end. */
  | { kind: "stall-after"; bytes: number }
  /** The connection is closed before any answer. */
  | { kind: "reset" }
  | { kind: "slow"; bytesPerSecond: number }
  /** Status 200 and everything, whatever range was asked for. */
  | { kind: "ignore-range" }
  /** 206, and honestly said, for bytes that lie so much further on. */
  | { kind: "wrong-range"; shift: number }
  /** The whole file is said to have so many bytes. */
  | { kind: "lie-length"; total: number }
  | { kind: "redirect"; to: string }
  /** Compressed on the fly; ranges are ignored, or taken of the compressed bytes. */
  | { kind: "gzip"; ranges: "ignored" | "of the compressed bytes" }
  /** No header that lets pages of other sites read the answer. */
  | { kind: "cors-refused" };

/** The answer to a question about this file under the fault; undefined: none ever comes. */
export function faultyAnswer(
  file: Contents | undefined,
  question: Question,
  fault: Fault | undefined,
): Answer | undefined {
  switch (fault?.kind) {
    case "stall":
    case "reset":
      return undefined;
    case "status":
      return { status: fault.status, headers: lengthOf(NOTHING), body: NOTHING };
    case "redirect":
      return { status: 302, headers: { location: fault.to, ...lengthOf(NOTHING) }, body: NOTHING };
    case "web-page":
      return webPage();
    default:
      return file && fault ? faultyFile(file, question, fault) : answer(file, question);
  }
}

function faultyFile(file: Contents, question: Question, fault: Fault): Answer {
  switch (fault.kind) {
    case "other":
      return answer(fault.contents, question);
    case "short":
      return answer(part(file, 0, fault.bytes), question);
    case "flip":
      return answer(flipped(file, fault.at), question);
    case "ignore-range":
      return answer(file, { ...question, range: undefined });
    case "wrong-range":
      return answer(file, { ...question, range: shifted(question.range, fault.shift) });
    case "gzip":
      return compressed(file, question, fault.ranges === "ignored");
    default:
      return distorted(answer(file, question), fault);
  }
}

function distorted(good: Answer, fault: Fault): Answer {
  switch (fault.kind) {
    case "cut":
      return { ...good, breaks: { after: fault.bytes, by: "closing" } };
    case "stall-after":
      return { ...good, breaks: { after: fault.bytes, by: "silence" } };
    case "slow":
      return { ...good, bytesPerSecond: fault.bytesPerSecond };
    case "lie-length":
      return lying(good, fault.total);
    default:
      return good;
  }
}

function flipped(file: Contents, at: number): Contents {
  const copy = whole(file);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

/** `bytes=8-15` as another request would have it. */
function shifted(range: string | undefined, shift: number): string | undefined {
  return range?.replace(/\d+/g, (place) => String(Number(place) + shift));
}

/** As hosts do it while they send: without a length, where the whole file goes out. */
function compressed(file: Contents, question: Question, ignoresRanges: boolean): Answer {
  const asked = ignoresRanges ? { ...question, range: undefined } : question;
  const { headers, ...rest } = answer(gzipSync(whole(file)), asked);
  const { "content-length": length, ...others } = headers;
  const known = rest.status === 206 && length ? { "content-length": length } : {};
  return { ...rest, headers: { ...others, ...known, "content-encoding": "gzip" } };
}

/** The body stays as it is: on a whole file the header is wrong, on a part the total. */
function lying(good: Answer, total: number): Answer {
  const range = good.headers["content-range"];
  if (range) {
    const headers = { ...good.headers, "content-range": range.replace(/\d+$/, String(total)) };
    return { ...good, headers };
  }
  const headers = { ...good.headers, "content-length": String(total) };
  return { ...good, headers, breaks: { after: Math.min(total, good.body.length), by: "closing" } };
}
