//! What an image's step needs beside its gradient: the objective's own gradient, and the step itself.

use cubecl::prelude::*;

use super::image::{SLOPES, SQUARE_SUM};
use super::layout::Sides;
use super::parts::{PARTS, greatest_of_group, share, sum_of_image, value_index};

/// Numbers that a part of an image finds out about its values: the greatest, the greatest with its sign changed, and
/// whether one is infinite or no number (1) or not (0).
pub(super) const RANGE: usize = 3;
pub(super) const GREATEST: usize = 0;
pub(super) const GREATEST_NEGATED: usize = 1;
pub(super) const NOT_FINITE: usize = 2;

/// Less than any value: what a part without values finds.
const NONE: f32 = f32::MIN;

/// The bits of infinity; those of what is no number are above.
const INFINITY: u32 = 0x7f80_0000;

/// How Adam's moments turn into a direction (`crate::step::Adam`).
#[derive(CubeType, CubeLaunch, Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) first_decay: f32,
    pub(super) second_decay: f32,
    /// What the decays leave to one: taken from one here, they would lose half their digits.
    pub(super) first_share: f32,
    pub(super) second_share: f32,
    pub(super) first_bias: f32,
    pub(super) second_bias: f32,
    pub(super) epsilon: f32,
}

/// The gradient of each map's mean over its positions at the ReLU before it: the same share wherever that is open.
#[cube(launch)]
pub(super) fn mean_gradient(maps: &[f32], gradient: &mut [f32], sides: Sides, share: f32) {
    let position = ABSOLUTE_POS_X as usize;
    let positions = (sides.height * sides.width) as usize;
    if position >= positions {
        terminate!();
    }
    let at = CUBE_POS_Z as usize * positions + position;
    gradient[at] = select(maps[at] > 0.0f32, share, 0.0f32);
}

/// Takes a gradient into both moments; it becomes the direction of a step of learning rate 1.
#[cube(launch)]
pub(super) fn adam(gradient: &mut [f32], first: &mut [f32], second: &mut [f32], moment: Moment) {
    let at = ABSOLUTE_POS_X as usize;
    if at >= gradient.len() {
        terminate!();
    }
    let slope = gradient[at];
    let mean = first[at] * moment.first_decay + slope * moment.first_share;
    let square = second[at] * moment.second_decay + slope * slope * moment.second_share;
    first[at] = mean;
    second[at] = square;
    gradient[at] = (mean / moment.first_bias) / ((square / moment.second_bias).sqrt() + moment.epsilon);
}

/// Moves images, [N, 3, H, W], where they lie. `slopes` are what `image.rs` found out about the gradient. Where every step
/// has one `length`, a gradient is brought to it, unless its squares sum to less than `least`. What each part finds of
/// the new image ([`RANGE`]) goes to `ranges`, [N, PARTS, RANGE].
#[cube(launch)]
pub(super) fn climb(
    images: &mut [f32],
    direction: &[f32],
    slopes: &[f32],
    ranges: &mut [f32],
    values: u32,
    learning_rate: f32,
    length: f32,
    least: f32,
    #[comptime] one_length: bool,
) {
    let image = CUBE_POS_Z as usize;
    let first = image * values as usize;
    let divisor = if comptime!(one_length) {
        max(sum_of_image(slopes, image, SQUARE_SUM, SLOPES), least).sqrt() / length
    } else {
        f32::new(1.0)
    };
    let mut greatest = f32::new(NONE);
    let mut greatest_negated = f32::new(NONE);
    let mut not_finite = 0.0f32;
    for round in 0..share(values as usize) {
        let at = first + value_index(round);
        let way = if comptime!(one_length) {
            direction[at] / divisor
        } else {
            direction[at]
        };
        let value = images[at] + way * learning_rate;
        images[at] = value;
        // Told by its bits: a GPU may take for granted that there are no such numbers.
        let magnitude = u32::reinterpret(value) & 0x7fff_ffffu32;
        let number = magnitude <= INFINITY;
        greatest = select(number, max(greatest, value), greatest);
        greatest_negated = select(number, max(greatest_negated, -value), greatest_negated);
        not_finite = select(magnitude < INFINITY, not_finite, 1.0f32);
    }
    let greatest = greatest_of_group(greatest);
    let greatest_negated = greatest_of_group(greatest_negated);
    let not_finite = greatest_of_group(not_finite);
    if UNIT_POS_X == 0 {
        let at = (image * PARTS + CUBE_POS_X as usize) * RANGE;
        ranges[at + GREATEST] = greatest;
        ranges[at + GREATEST_NEGATED] = greatest_negated;
        ranges[at + NOT_FINITE] = not_finite;
    }
}
