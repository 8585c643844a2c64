// What a page with TensorFlow.js does before its first picture: one step of one channel, drawn.

import { Climber, startTensorflow } from "./climber.js";

const options = new URLSearchParams(location.search);
const canvas = document.getElementById("picture");
const tf = await startTensorflow(options.get("backend"));
const climber = await Climber.start(tf, {
  layer: options.get("layer"),
  channel: 0,
  size: canvas.width,
  seed: Number(options.get("seed")),
});
await climber.step();
await climber.draw(canvas);
canvas.dataset.state = "finished";
