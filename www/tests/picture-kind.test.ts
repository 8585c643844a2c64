import { expect, it } from "vitest";
import { isPicture } from "../src/page/settings/picture-kind";

/** The first bytes of files as they are found, as letters. */
const PICTURES = {
  PNG: "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
  JPEG: "\xff\xd8\xff\xe0\0\x10JFIF",
  GIF: "GIF89a",
  WebP: "RIFF\x24\0\0\0WEBPVP8 ",
  AVIF: "\0\0\0\x20ftypavif",
  HEIC: "\0\0\0\x18ftypheic",
  BMP: "BM\x36\0",
  TIFF: "II*\0\x08\0",
};
const OTHERS = {
  HDF5: "\x89HDF\r\n\x1a\n",
  zip: "PK\x03\x04",
  pickle: "\x80\x02}q",
  safetensors: "\xb8\x01\0\0\0\0\0\0{",
  "safetensors whose header is of a length like BMP": "BM\0\0\0\0\0\0{",
  "safetensors whose header is of a length like TIFF": "II*\0\0\0\0\0{",
  JSON: '{"vggscope": 1',
  nothing: "",
};

const blob = (letters: string) => new Blob([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))]);

it.each(Object.entries(PICTURES))("a %s is a picture", async (_name, letters) => {
  expect(await isPicture(blob(letters))).toBe(true);
});

it.each(Object.entries(OTHERS))("a file that is %s is none", async (_name, letters) => {
  expect(await isPicture(blob(letters))).toBe(false);
});
