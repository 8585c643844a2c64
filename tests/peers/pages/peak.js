// Rates that WebAssembly reaches on one core and on all.

const cores = navigator.hardwareConcurrency;

/** Resolves to floating-point operations and bytes a second, by one worker and by all together. */
globalThis.peak = async (wasm) => {
  const workers = Array.from({ length: cores }, () => new Worker("peak-worker.js"));
  const together = async (count, probe) => {
    const rates = await Promise.all(workers.slice(0, count).map((worker) => ask(worker, { wasm, probe })));
    return rates.reduce((sum, rate) => sum + rate);
  };
  const rates = async (probe) => ({ one: await together(1, probe), all: await together(cores, probe) });
  const result = {
    cores,
    flopPerSecond: await rates("arithmetic"),
    bytesPerSecond: await rates("copy"),
  };
  for (const worker of workers) worker.terminate();
  return result;
};

function ask(worker, question) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(question);
  });
}
