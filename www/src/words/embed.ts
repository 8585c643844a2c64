/** What is said where snippets for other pages are made, and in the snippets. */
import type { AscendOptions } from "../public/types";

export const embedThesePictures = "Embed these pictures";
export const whereTo = "Where to";
export const theControls = "Controls";
export const toPaste = "To paste";
export const copy = "Copy";
export const close = "Close";

/** The kinds of places that there are snippets for. */
export const kinds = {
  element: "Web page: element",
  frame: "Web page: frame",
  quarto: "Quarto",
  rmarkdown: "R Markdown",
} as const;

export type SnippetKind = keyof typeof kinds;

export const hints: Readonly<Record<SnippetKind, string>> = {
  element: "The pictures become part of your page. Works wherever HTML with a script may be written.",
  frame:
    "For places that allow frames but no elements of one’s own. The script lets the frame be as high as its pictures; without it the height stays as written.",
  quarto: "Needs the extension: copy the folder _extensions/vggscope of the project beside your document.",
  rmarkdown: "Goes into the text as it is, for HTML output.",
};

/** What the other page's readers may use. */
export const controls = {
  minimal: "Start and stop",
  full: "Player and close view too",
  none: "None",
} as const;

export type Controls = keyof typeof controls;

export function onlyOnThisDevice(fileName: string): string {
  return `${fileName} is on this device, where other readers cannot fetch it: this shows the model that is in the link instead. Put the weights on a host, and open them here by their address.`;
}

/** `start` is what the other page's climb begins with. */
export function beginsOtherwise(picture: string, start: string): string {
  return `No page can be given the start picture ${picture} this way: the climb there begins with ${start}.`;
}

/** In the snippet: a frame's title, and the link for readers whose browser shows no pictures. */
export function climbing({ layer, channels }: Pick<AscendOptions, "layer" | "channels">): string {
  const [first] = channels;
  const which = channels.length === 1 ? `Channel ${first}` : `${channels.length} channels`;
  return `${which} of VGG16’s ${layer}, climbing`;
}
