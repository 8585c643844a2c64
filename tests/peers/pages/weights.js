// Reads vggscope's weight files into TensorFlow.js tensors, so that both compute the same network.

/** VGG16: convolutions per block, each block but the last followed by a pooling. */
const BLOCKS = [2, 2, 3, 3, 3];

/** The layers up to `last`: `{ pool: true }` or `{ weight, bias }` with the weight in TensorFlow's order. */
export async function readNetwork(tf, folder, last) {
  const index = await (await get(`${folder}model.safetensors.index.json`)).json();
  const network = [];
  for (const [block, convolutions] of BLOCKS.entries()) {
    for (let convolution = 1; convolution <= convolutions; convolution++) {
      const layer = `block${block + 1}_conv${convolution}`;
      network.push(await readLayer(tf, folder + index.weight_map[`${layer}.weight`], layer));
      if (layer === last) return network;
    }
    network.push({ pool: true });
  }
  throw new Error(`there is no layer ${last}`);
}

async function readLayer(tf, file, layer) {
  const bytes = await (await get(file)).arrayBuffer();
  const headerLength = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, headerLength)));
  const tensor = (name) => {
    const {
      dtype,
      shape,
      data_offsets: [begin, end],
    } = header[`${layer}.${name}`];
    if (dtype !== "F16") throw new Error(`${file}: ${name} is ${dtype}, not F16`);
    const data = bytes.slice(8 + headerLength + begin, 8 + headerLength + end);
    return tf.tensor(Float32Array.from(new Float16Array(data)), shape);
  };
  const [weight, bias] = tf.tidy(() => [tf.transpose(tensor("weight"), [2, 3, 1, 0]), tensor("bias")]);
  return { weight, bias };
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
}
