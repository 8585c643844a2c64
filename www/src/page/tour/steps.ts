/** The guided tour: the course notes in six steps, each a state of this page. */
import { initialSettings, type Settings } from "../../settings/table";
import type { View } from "../../settings/view";
import * as words from "../../words/tour";

export interface TourStep {
  title: string;
  /** Paragraphs. */
  words: readonly string[];
  settings: Settings;
  view: Pick<View, "iteration">;
}

const NEWEST = { iteration: undefined };
const EIGHT = Array.from({ length: 8 }, (_, channel) => channel);
/** As in the notes, with few pictures: they are there soon. The words are about this model, whichever the page opens with. */
const FEW: Settings = { ...initialSettings(), model: "textures", layer: "block1_conv2", channels: EIGHT };
const TEXTURES: Settings = { ...FEW, layer: "block3_conv1" };

export const TOUR: readonly TourStep[] = [
  {
    ...words.why,
    settings: FEW,
    view: { iteration: 0 },
  },
  {
    ...words.oneStep,
    settings: FEW,
    view: { iteration: 1 },
  },
  {
    ...words.manySteps,
    settings: FEW,
    view: NEWEST,
  },
  {
    ...words.coloursAndEdges,
    settings: { ...FEW, channels: initialSettings().channels },
    view: NEWEST,
  },
  {
    ...words.textures,
    settings: TEXTURES,
    view: NEWEST,
  },
  {
    ...words.control,
    settings: { ...TEXTURES, model: "untrained" },
    view: NEWEST,
  },
];
