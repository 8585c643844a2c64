/** The library: importing it defines `<vgg-scope>` and gives the JavaScript API. */
import { registerElement } from "./element/register";

export type * from "./api/element";
export { Vggscope } from "./api/vggscope";
export { type ErrorCode, VggscopeError } from "./public/errors";
export type * from "./public/types";

registerElement();
