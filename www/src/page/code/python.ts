/** What programs in Python have in common, whatever computes the gradient. */
import { GREY } from "../../settings/table";
import { columnsOf, hasQuery, networkTo, type Program, pictureNote, weightsNote } from "./program";

/** The settings, each with a name. `weights` is Python for where they come from. */
export function pythonSettings(program: Program, weights: string): string {
  const { layer, channels, width, height, iterations, learningRate, seed, shown } = program;
  return `LAYER = "${layer}"
CHANNELS = ${pythonList(channels)}  # counted from 0
HEIGHT, WIDTH = ${height}, ${width}
ITERATIONS = ${iterations}
LEARNING_RATE = ${learningRate}
SEED = ${seed}
SHOWN = ${shown}  # the step that is drawn at the end; 0 is the start
# Where the weights come from: ${weightsNote(program.weights)}.
WEIGHTS = ${weights}`;
}

/** Text as a literal. */
export function quoted(text: string): string {
  // JSON's escapes are Python's and R's too.
  return JSON.stringify(text);
}

/** The start image, the same numbers as on the page. */
const RANDOM_IMAGE = `def start_image():
    """Uniform in [0, 1): SplitMix64 from the seed, the top 24 bits of each number."""
    with np.errstate(over="ignore"):
        z = np.arange(1, HEIGHT * WIDTH * 3 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = z + np.uint64(SEED)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)) / 2.0**24).astype(np.float32).reshape(HEIGHT, WIDTH, 3)`;

const GREY_IMAGE = `def start_image():
    """Grey."""
    return np.full((HEIGHT, WIDTH, 3), ${GREY}, np.float32)`;

/** A function `start_image`, height x width x 3. */
export function pythonStart(program: Program): string {
  return pictureNote(program) + (program.startFrom === "grey" ? GREY_IMAGE : RANDOM_IMAGE);
}

/** Reading the folder that WEIGHTS names. */
export function pythonFolder({ layer, weights }: Program): string {
  const address = hasQuery(weights) ? 'WEIGHTS.replace("?", name + "?", 1)' : "WEIGHTS + name";
  const parts = networkTo(layer).map((part) =>
    part === "pooling" ? "    None,\n" : `    ("${part.name}", ${part.place}),\n`,
  );
  return `# VGG16 up to LAYER: each convolution with its number in torchvision's VGG16; None is a pooling.
NETWORK = [
${parts.join("")}]


def read(name):
    """A file of the folder."""
    if "://" in WEIGHTS:
        return urllib.request.urlopen(${address}).read()
    return pathlib.Path(WEIGHTS, name).read_bytes()


FILES = json.loads(read("model.safetensors.index.json"))["weight_map"]


def tensor(name, number, part):
    """The weight (output, input, 3, 3) or the bias of a convolution."""
    key = f"{name}.{part}"
    if key not in FILES:
        key = f"features.{number}.{part}"
    data = read(FILES[key])
    start = 8 + int.from_bytes(data[:8], "little")
    entry = json.loads(data[8:start])[key]
    begin, end = entry["data_offsets"]
    data = data[start + begin : start + end]
    if entry["dtype"] == "BF16":
        values = (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    else:
        values = np.frombuffer(data, {"F16": "<f2", "F32": "<f4"}[entry["dtype"]])
    return values.reshape(entry["shape"]).astype(np.float32)`;
}

export const FOLDER_IMPORTS = `import json
import pathlib
import urllib.request
`;

/** Climbs every channel and draws the step shown. */
export function pythonFigure({ channels }: Program): string {
  return `def squash(image):
    return (image - image.min()) / (image.max() - image.min())


pictures, objectives = [], []
for channel in CHANNELS:
    iterates, means = climb(channel)
    pictures.append(squash(iterates[SHOWN]))
    objectives.append(means)
    print(f"channel {channel}: mean activation {means[0]:.4g}, before the last step {means[-1]:.4g}")

columns = ${columnsOf(channels.length)}
rows = -(-len(CHANNELS) // columns)
figure, axes = plt.subplots(rows, columns, squeeze=False, figsize=(1.5 * columns, 1.7 * rows))
for axis in axes.flat:
    axis.axis("off")
for axis, channel, picture in zip(axes.flat, CHANNELS, pictures):
    axis.imshow(picture)
    axis.set_title(channel, fontsize=8)
plt.show()
`;
}

/** The shortest way to write such a list. */
function pythonList(channels: readonly number[]): string {
  const [first = 0] = channels;
  const runs = channels.every((channel, index) => channel === first + index);
  if (!runs || channels.length < 3) return `[${channels.join(", ")}]`;
  return `list(range(${first}, ${first + channels.length}))`;
}
