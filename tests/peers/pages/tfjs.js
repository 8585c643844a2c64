// TensorFlow.js in workers, as many as there are channels and cores: its own threads would use one core only.

class TensorflowWorker {
  #worker;
  #answers = [];

  constructor(backend) {
    this.#worker = new Worker(`tfjs-worker.js?backend=${backend}`, { type: "module" });
    this.#worker.onmessage = ({ data: { value, error } }) => {
      const { resolve, reject } = this.#answers.shift();
      if (error) reject(new Error(error));
      else resolve(value);
    };
    this.#worker.onerror = ({ message }) => {
      for (const { reject } of this.#answers.splice(0)) reject(new Error(message));
    };
  }

  /** Answers come in the order of the questions. */
  ask(command, order = {}) {
    return new Promise((resolve, reject) => {
      this.#answers.push({ resolve, reject });
      this.#worker.postMessage({ command, ...order });
    });
  }
}

const backend = new URLSearchParams(location.search).get("backend");
const workers = [new TensorflowWorker(backend)];

/** Resolves to the library's version and the device that computes. */
globalThis.describe = () => workers[0].ask("describe");

/** Resolves to the wall time of `steps` steps of all channels after `warm` others, and the start image's mean activations. */
globalThis.climb = async ({ channels, warm, steps, ...setting }) => {
  const team = teamFor(channels.length);
  const shares = team.map((_, part) => channels.filter((_, position) => position % team.length === part));
  const all = (command, order) => Promise.all(team.map((worker) => worker.ask(command, order)));
  const objectives = await Promise.all(
    team.map((worker, part) => worker.ask("start", { channels: shares[part], ...setting })),
  );
  await all("climb", { steps: warm });
  await globalThis.mark("start");
  const started = performance.now();
  await all("climb", { steps });
  const wallMs = performance.now() - started;
  await globalThis.mark("end");
  await all("end");
  const objectiveAt = (position) => objectives[position % team.length][Math.floor(position / team.length)];
  return { wallMs, objectives: channels.map((_, position) => objectiveAt(position)) };
};

function teamFor(channels) {
  const size = Math.min(channels, navigator.hardwareConcurrency);
  while (workers.length < size) workers.push(new TensorflowWorker(backend));
  return workers.slice(0, size);
}
