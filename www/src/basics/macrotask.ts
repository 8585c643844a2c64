/**
 * Lets the event loop turn once, so that waiting messages are read, input is heard and canvases are shown. A message to oneself,
 * because nested timers are held back to 4 ms each and microtasks would never let go.
 */
const { port1: receiver, port2: sender } = new MessageChannel();
const waiting: (() => void)[] = [];

receiver.onmessage = () => waiting.shift()?.();

export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    sender.postMessage(null);
  });
}
