/** Sending an answer: counted as it leaves, as fast as it may, and broken off where it shall be. */
import type { ServerResponse } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import type { Answer } from "./answer";
import { part, pieces } from "./contents";

/** A slow host sends so often. */
const TICKS_PER_SECOND = 10;

/** `count` is told the bytes of every piece that has left. */
export async function send(
  response: ServerResponse,
  { body, breaks, bytesPerSecond }: Answer,
  count: (bytes: number) => void,
): Promise<void> {
  const sent = breaks ? part(body, 0, breaks.after) : body;
  const size = bytesPerSecond && Math.ceil(bytesPerSecond / TICKS_PER_SECOND);
  for (const piece of pieces(sent, size)) {
    if (!(await left(response, piece))) return;
    count(piece.length);
    if (size) await after(1000 / TICKS_PER_SECOND);
  }
  if (!breaks) response.end();
  else response.flushHeaders();
  if (breaks?.by !== "closing") return;
  // What has arrived shall have been read when the connection breaks.
  await after(50);
  response.socket?.destroy();
}

/** Whether the piece has been taken off this program's hands: not so when the reader has gone. */
function left(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    response.once("close", gone);
    response.write(piece, (error) => {
      response.off("close", gone);
      resolve(!error);
    });
  });
}
