/** Only a browser that says that memory or data are short is believed to be short of them. */
import { expect, it } from "vitest";
import { isScarce } from "../src/element/scarcity";

it.each([
  [{}, false],
  [{ deviceMemory: 8 }, false],
  [{ deviceMemory: 2 }, false],
  [{ deviceMemory: 1 }, true],
  [{ deviceMemory: 8, connection: { saveData: true } }, true],
  [{ connection: { saveData: false } }, false],
  [{ connection: {} }, false],
])("%o is scarce: %s", (device, scarce) => {
  expect(isScarce(device)).toBe(scarce);
});
