/**
 * What the first pictures do without, and what is loaded after them: the list of models, files to take away, the code, the tour, pictures to
 * start from.
 */
import type { Notices } from "./base/notices";
import { offerCode } from "./code/offer";
import { type Desk, offerExports } from "./export/offer";
import { type Desk as ModelDesk, offerModels } from "./models/offer";
import { openAny } from "./open-own";
import { offerPictures } from "./settings/start";
import { offerTour } from "./tour/offer";

export function offerTheRest(desk: Desk & ModelDesk & { notices: Notices }): void {
  void offerModels(desk);
  offerTour(desk.state);
  offerPictures(desk.state);
  offerExports(desk, (file) => void openAny(file, desk.state, desk.notices));
  offerCode(desk);
}
