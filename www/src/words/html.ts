/**
 * What stands in index.html and embed.html, where `{{name}}` is. All is HTML: in a sentence its links are written out, and
 * what goes into an attribute has no double quotes.
 */

export const title = "vggscope: what the channels of VGG16 respond to";
export const description =
  "Watch the channels of a convolutional network take shape: gradient ascent on VGG16's input, in your browser.";
export const skipToPictures = "Skip to the pictures";
export const question = "What does a channel look for?";
export const takeTheTour = "Take the tour";

/** Seen where the browser lets neither the page's style nor its script come; in embed.html too. */
export const notStarted =
  "<p><strong>vggscope cannot start here.</strong> Browsers let no script of this page start when it is opened as a file from disk, or in a sandboxed frame whose host sends no <code>Access-Control-Allow-Origin</code>.</p><p>If this is a file from disk: run <code>vggscope serve</code> in a terminal and open the address that it prints, or open the page on a web host. If this is a frame: add <code>allow-same-origin</code> to its sandbox, or have the host of vggscope send that header.</p>";

export const modelLayerAndRun = "Model, layer, recipe, channels and the climb";
export const model = "Model";
export const notImagenet =
  'Not ImageNet’s features: this network was trained on <a href="./model-card.html">computed textures</a>. Those that were trained on ImageNet come from other hosts: <a href="./docs/models.html">Which VGG16?</a>';
export const closeModel = "Close the models";
export const readingIndex = "Reading the model’s index…";
export const howItExpectsPictures = "How it expects pictures";
export const openOtherWeights = "Open other weights of VGG16";
export const byLink = "By link: a folder’s or a file’s address";
export const open = "Open";
export const linkHint =
  "A folder with model.safetensors.index.json, or a .safetensors, .h5 or .pth file. Of folders and .safetensors files only the layers needed are fetched; other files come whole, after asking. The host must let this page read them (CORS).";
export const fromDisk = "From disk";
export const chooseFile = "Choose a file…";
export const fileHint =
  "A .safetensors, Keras .h5 or PyTorch .pth file; dropping it anywhere on this page does the same. It is read on this device and sent nowhere.";
export const cachedWeights = "Cached weights: …";
export const clear = "Clear";
export const clearCachedWeights = "Clear cached weights";
export const layer = "Layer";
export const closeLayer = "Close the layers";
export const layerScale =
  "The network to scale: as high as a layer’s map has rows, as wide as it has channels, filled once its weights are here.";

export const pictures = "Pictures";
export const stop = "Stop";
export const pause = "Pause";
export const pagesOfChannels = "Pages of channels";
export const previousChannels = "Previous channels";
export const channels = "Channels";
export const closeChannels = "Close the channels";
export const nextChannels = "Next channels";
export const starting = "Starting";
export const noWeightsYet = "Weights: nothing to fetch yet";
export const lookingForAdapter = "Looking for a graphics adapter…";
export const howToRead =
  "Each picture starts as noise and climbs, one gradient step at a time, towards an image that one channel of the network responds to most. Below it: the channel, counted from 0 (R counts from 1); the steps climbed; and the channel's mean activation just before the last step. A picture opens to be seen closely; arrow keys walk from one to the next.";

export const recipe = "Recipe";
export const closeRecipe = "Close the recipe";
export const asInTheNotes = "As in the notes";
export const notesPreset =
  '150 × 150 pixels, 100 steps, learning rate 10, the raw gradient, no input scaling. The notes’ two figures: <a href="#layer=block1_conv2&amp;channels=0-39" data-figure="block1_conv2">block1_conv2</a> and <a href="#layer=block3_conv1&amp;channels=0-39" data-figure="block3_conv1">block3_conv1</a>.';
export const kerasExample = "Keras example";
export const kerasPreset =
  '180 × 180 pixels, 30 steps, each 10 long whatever the gradient’s size, and the input scaling that the model expects. <a href="https://keras.io/examples/vision/visualizing_what_convnets_learn/">Keras’s own page</a> shows another network so, from paler noise, and leaves out the rim of the feature map.';
export const everySetting = "Every setting, and what it changes";
export const aboutThisRun = "About this run";

export const inYourOwnPage = "In your own page";
export const whatEmbeddingDoes =
  "What is on screen can be part of a course page, a Quarto or R Markdown document: it computes there as it does here.";
export const embed = "Embed…";

export const whatYouAreLookingAt = "What you are looking at";
export const theModel = "The model";
export const theClimb = "The climb";
export const howItClimbs =
  "A channel’s mean activation is a number that depends on the image. Its gradient says how to change every pixel to raise it; each step adds the gradient times the learning rate. Each picture is stretched between its own smallest and largest value.";
export const whyRawValues =
  "The course notes feed raw RGB values in [0, 1] to the network, without the preprocessing that Keras’s VGG16 weights expect, so the preset does too. Other scalings are under Recipe.";
export const whatComputes = "What computes";
export const whereItComputes =
  "Where there is a real graphics processor, the page uses it through WebGPU. A software adapter counts as none, and then the processor’s cores share the channels.";
export const noImageLeaves = "Everything runs in this browser tab; no image leaves it.";

export const documentation = "Documentation";
export const forTeachers = "For teachers";
export const whichVgg16 = "Which VGG16?";
export const embedding = "Embedding";
export const hosting = "Hosting";
export const apiReference = "API reference";
export const modelCard = "Model card";
export const sources =
  'After Sankaran, K. (2024, Jan. 7). <cite>STAT 436 (Spring 2024): Optimizing Feature Maps.</cite> <a href="https://krisrs1128.github.io/stat436_s24/website/stat436_s24/posts/2024-12-27-week13-4/">krisrs1128.github.io</a>. VGG16: Simonyan, K. and Zisserman, A. (2015). <cite>Very Deep Convolutional Networks for Large-Scale Image Recognition.</cite> ICLR.';
export const dropHere =
  "Drop a .safetensors, .h5 or .pth file here to look into it, or a picture or settings saved from this page to restore them";
export const needsJavaScript = "This page computes in your browser and needs JavaScript.";

/** Of embed.html. */
export const frameTitle = "Channels of VGG16, climbing (vggscope)";
export const frameNeedsJavaScript =
  "These pictures are computed in your browser, which needs JavaScript for it.";
