//! The squash, and what is read back: pictures of four bytes a pixel, and exact images only where they are asked for.

use cubecl::prelude::*;

use super::image::{ACTIVATION, LARGEST, SLOPES, SQUARE_SUM};
use super::parts::{greatest_of_image, share, sum_of_image, value_index};
use super::step::{GREATEST, GREATEST_NEGATED, NOT_FINITE, RANGE};
use crate::image::MID_GREY;

/// Words read back with each picture: sum of the feature map, the gradient's sum of squares, its largest absolute value,
/// smallest and largest value of the image, and whether one is infinite or no number (1) or not (0); floats, by their
/// bits.
pub(super) const FACTS: usize = 6;

/// Values farther from zero are drawn as this one, so that the widest range is one that GPUs divide by.
const FARTHEST: f32 = (1u128 << 124) as f32;

/// Pictures of images, [N, 3, H, W], each followed by its facts: [N, H W + FACTS], RGBA from the lowest byte on.
/// `floor(255 (x - min) / (max - min) + 0.5)`.
#[cube(launch)]
pub(super) fn squash(images: &[f32], slopes: &[f32], ranges: &[f32], rows: &mut [u32], positions: u32) {
    let image = CUBE_POS_Z as usize;
    let positions = positions as usize;
    let row = image * (positions + FACTS);
    let high = greatest_of_image(ranges, image, GREATEST, RANGE);
    let low = -greatest_of_image(ranges, image, GREATEST_NEGATED, RANGE);
    let not_finite = greatest_of_image(ranges, image, NOT_FINITE, RANGE);
    let stretched = not_finite == 0.0f32 && high > low;
    let lowest = within(low);
    let scale = 255.0f32 / (within(high) - lowest);
    for round in 0..share(positions) {
        let position = value_index(round);
        let mut word = 0xff00_0000u32;
        #[unroll]
        for color in 0..3usize {
            let value = images[(image * 3 + color) * positions + position];
            let byte = min(u32::cast_from((within(value) - lowest) * scale + 0.5f32), 255u32);
            word |= select(stretched, byte, comptime!(MID_GREY as u32)) << comptime!(8 * color as u32);
        }
        rows[row + position] = word;
    }
    if CUBE_POS_X == 0 && UNIT_POS_X == 0 {
        let facts = row + positions;
        rows[facts] = u32::reinterpret(sum_of_image(slopes, image, ACTIVATION, SLOPES));
        rows[facts + 1] = u32::reinterpret(sum_of_image(slopes, image, SQUARE_SUM, SLOPES));
        rows[facts + 2] = u32::reinterpret(greatest_of_image(slopes, image, LARGEST, SLOPES));
        rows[facts + 3] = u32::reinterpret(low);
        rows[facts + 4] = u32::reinterpret(high);
        rows[facts + 5] = u32::reinterpret(not_finite);
    }
}

#[cube]
fn within(value: f32) -> f32 {
    clamp(value, -FARTHEST, FARTHEST)
}

/// Images, [N, 3, H, W], as they are read: [N, H, W, 3].
#[cube(launch)]
pub(super) fn interleave(images: &[f32], output: &mut [f32], positions: u32) {
    let positions = positions as usize;
    let position = ABSOLUTE_POS_X as usize;
    if position >= positions {
        terminate!();
    }
    let (color, image) = (CUBE_POS_Y as usize, CUBE_POS_Z as usize);
    output[(image * positions + position) * 3 + color] = images[(image * 3 + color) * positions + position];
}
