// One core's rate.

const ROUNDS = 100_000;
/** Long enough for the optimising compiler to take over and for a core to reach its lasting clock rate. */
const WARM_MS = 200;
const TIMED_MS = 400;
/** Units that one call does; peak.wat explains them. */
const UNITS = { arithmetic: ROUNDS * 10 * 4 * 2, copy: 2 * 0x4000000 };

globalThis.onmessage = async ({ data: { wasm, probe } }) => {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(wasm));
  repeat(instance.exports[probe], WARM_MS);
  const { calls, ms } = repeat(instance.exports[probe], TIMED_MS);
  postMessage((1000 * calls * UNITS[probe]) / ms);
};

function repeat(call, leastMs) {
  const started = performance.now();
  for (let calls = 1; ; calls++) {
    call(ROUNDS);
    const ms = performance.now() - started;
    if (ms >= leastMs) return { calls, ms };
  }
}
