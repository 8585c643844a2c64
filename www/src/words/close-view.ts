/** What the close view of a channel says. */
import { formatActivation } from "./numbers";

export const previousChannel = "Previous channel";
export const nextChannel = "Next channel";
export const close = "Close";
export const otherChannels = "Other channels";
export const picture = "Picture";
export const notBegun = "The climb has not begun yet.";
export const stopped = "The climb stopped: close this view to read why.";

export function channelOf(channel: number, layer: string): string {
  return `Channel ${channel} of ${layer}`;
}

export function inR(channel: number): string {
  return `In R, channel ${channel + 1}`;
}

/** The terms of what is read at a pixel. */
export const pixel = "Pixel";
export const readAt = "Read at";
export const value = "Value";
export const gradient = "Gradient";
export const featureMap = "Feature map";
export const computing = "computing…";

/** 0 is the start. */
export function step(iteration: number): string {
  return iteration === 0 ? "the start" : `step ${iteration}`;
}

export function at(column: number, row: number): string {
  return `column ${column}, row ${row}`;
}

/** Undefined where there is none. */
export function rgb(red: number | undefined, green: number | undefined, blue: number | undefined): string {
  return `red ${number(red)}, green ${number(green)}, blue ${number(blue)}`;
}

export function cell(activation: number | undefined, column: number, row: number): string {
  return `${number(activation)} at ${at(column, row)}`;
}

function number(some: number | undefined): string {
  return some === undefined ? "none" : formatActivation(some);
}
