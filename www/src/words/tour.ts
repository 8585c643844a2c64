/** The guided tour: its card, and the title and paragraphs of each step. */

export const previous = "Previous";
export const next = "Next";
export const end = "End the tour";
export const steps = "Steps of the tour";

export function step(number: number, title: string): string {
  return `Step ${number}: ${title}`;
}

export function heading(number: number, count: number, title: string): string {
  return `${number} of ${count}: ${title}`;
}

interface Step {
  title: string;
  words: readonly string[];
}

export const why: Step = {
  title: "Why optimise?",
  words: [
    "To learn what a channel responds to, one can run many photographs through the network and keep those that excite it most. But then the answer is limited to the photographs one has.",
    "The other way round: ask for the image itself. Every number in it is free, and the search starts from noise. The pictures show this start, the same for all eight channels.",
  ],
};

export const oneStep: Step = {
  title: "One gradient step",
  words: [
    "A channel’s mean activation depends on every value of the image. The gradient says, for each of them, how much a small change would raise it. One step adds the gradient, times the learning rate, to the image.",
    "After a single step there is little to see, and the eight pictures already differ. Open one to see its gradient, and press Escape to come back.",
  ],
};

export const manySteps: Step = {
  title: "A hundred steps",
  words: [
    "The same step, over and over. The pictures follow the climb to step 100; the number under each is the mean activation, and it rises.",
    "With the slider above the pictures you can go back to any step, or play the whole climb.",
  ],
};

export const coloursAndEdges: Step = {
  title: "A layer of colours and edges",
  words: [
    "The first figure of the notes: forty channels of block1_conv2. A position in this layer sees a square of 5 × 5 pixels, so there is room for a colour, an edge or a fine grating, and for nothing larger.",
    "Together they are like a basis: the layer describes every image as a mixture of such patterns.",
  ],
};

export const textures: Step = {
  title: "A layer of textures",
  words: [
    "Four convolutions and two poolings further on, in block3_conv1, a position sees 24 × 24 pixels. What drives these channels up is more intricate: repeated textures, in place of single edges.",
    "Deeper layers take longer to compute. The network that comes with this page was trained on computed textures; with the weights of ImageNet, which you can open under Model, you see the notes’ own second figure.",
  ],
};

export const control: Step = {
  title: "What the pictures do not tell you",
  words: [
    "Here is the same layer, from the same noise, in a network that was never trained: its weights are random. What structure there is comes from the architecture and the climb alone. A picture says something about training only where it differs from this control; go one step back to compare.",
    "Each picture is one of many images that excite its channel, and depends on the start. It shows what drives the channel up, and not what the network makes of the channel. And an image may be nothing like any that the network will ever meet.",
  ],
};
