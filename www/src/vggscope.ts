/** The library: importing it defines `<vgg-scope>` and gives the JavaScript API. */
import { registerElement } from "./element/register";

export type * from "./public/element";
export { type ErrorCode, VggscopeError } from "./public/errors";
export type * from "./public/types";
export { Vggscope } from "./public/vggscope";

registerElement();
