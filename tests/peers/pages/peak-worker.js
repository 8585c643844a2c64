// One core's rate.

const ROUNDS = 100_000;
/** The best of so many attempts counts: in the first the optimising compiler takes over, in any another program may. */
const ATTEMPTS = 50;
const LEAST_MS = 10;
/** Units that one call does; peak.wat explains them. */
const UNITS = { arithmetic: ROUNDS * 10 * 4 * 2, copy: 2 * 0x4000000 };

globalThis.onmessage = async ({ data: { wasm, probe } }) => {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(wasm));
  const callsPerMs = Array.from({ length: ATTEMPTS }, () => rate(instance.exports[probe]));
  postMessage(1000 * UNITS[probe] * Math.max(...callsPerMs));
};

function rate(call) {
  const started = performance.now();
  for (let calls = 1; ; calls++) {
    call(ROUNDS);
    const ms = performance.now() - started;
    if (ms >= LEAST_MS) return calls / ms;
  }
}
