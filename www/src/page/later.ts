/**
 * What the first pictures do without, and what is loaded after them: the list of models, files to take away, the code, the tour, pictures to
 * start from.
 */
import type { Notices } from "./base/notices";
import { offerCode } from "./code/code-section";
import { type ExportContext, offerExports } from "./export/take-panels";
import { type ModelsContext, offerModels } from "./models/models";
import { openAny } from "./open-own";
import { offerPictures } from "./settings/start";
import { offerTour } from "./tour/tour";

export function offerTheRest(context: ExportContext & ModelsContext & { notices: Notices }): void {
  void offerModels(context);
  offerTour(context.state);
  offerPictures(context.state);
  offerExports(context, (file) => void openAny(file, context.state, context.notices));
  offerCode(context);
}
