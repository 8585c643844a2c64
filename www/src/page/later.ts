/**
 * What the first pictures do without, and what is loaded after them: the list of models, files to take away, the code, the tour, pictures to
 * start from.
 */
import { offerCode } from "./code/code-section";
import { type ExportContext, offerExports } from "./export/take-panels";
import { type ModelsContext, offerModels } from "./models/models";
import { offerPictures } from "./settings/start-control";
import { offerTour } from "./tour/tour";

/** `open` does with a file what dropping it does. */
export function offerTheRest(context: ExportContext & ModelsContext, open: (file: File) => void): void {
  void offerModels(context);
  offerTour(context.state);
  offerPictures(context.state);
  offerExports(context, open);
  offerCode(context);
}
