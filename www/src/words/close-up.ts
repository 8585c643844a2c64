/** What is said of a channel's picture, its gradient and its feature map. */
import { formatActivation } from "./numbers";

export const behindThePicture = "Behind the picture";
export const gradientHere = "Gradient here";
export const featureMap = "Feature map";
export const sees = "Sees";

export function image(channel: number): string {
  return `Image that excites channel ${channel}`;
}

export function gradient(channel: number): string {
  return `Gradient of channel ${channel}’s mean activation at this image`;
}

export function mapOn(channel: number): string {
  return `Feature map of channel ${channel} on this image`;
}

export function pictureWithKeys(channel: number): string {
  return `Picture of channel ${channel}. Arrow keys move to another pixel, with Shift by ten.`;
}

/** Which iterate something was read at; 0 is the start. */
export function atStep(reading: string, iteration: number): string {
  return `${reading}, ${iteration === 0 ? "at the start" : `at step ${iteration}`}`;
}

/** How the gradient's picture is to be read; `norm` is the gradient's Euclidean norm. */
export function gradientScale(norm: number): string {
  return norm === 0 ? "exactly 0" : `grey is 0, norm ${formatActivation(norm)}`;
}

/** How the feature map's picture is to be read; `white` is the largest value. */
export function mapScale(width: number, height: number, white: number): string {
  return `${width} × ${height}, black is 0, white ${formatActivation(white)}`;
}

/** The receptive field, in pixels. */
export function field(width: number, height: number): string {
  return `${width} × ${height} pixels: the frame`;
}
