//! What an image's step needs beside its gradient: the objective's own gradient, sums over an image, and the step itself.

use cubecl::prelude::*;

use super::layout::Sides;

/// Units that sum over one image.
pub(super) const LANES: usize = 256;

/// Numbers found out about each image: mean activation, the gradient's sum of squares, its largest absolute value.
pub(super) const FACTS: usize = 3;

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

/// The facts of each image, one group an image, summed in an order of its own, so that they are the same each time.
/// `values` are those of an image's gradient, `positions` those of its feature map.
#[cube(launch)]
pub(super) fn measure(gradient: &[f32], feature_maps: &[f32], facts: &mut [f32], values: u32, positions: u32) {
    let image = CUBE_POS_X as usize;
    let lane = UNIT_POS_X as usize;
    let (values, positions) = (values as usize, positions as usize);
    let mut square_sum = 0.0f32;
    let mut largest = 0.0f32;
    for round in 0..(values + LANES - 1 - lane) / LANES {
        let slope = gradient[image * values + round * LANES + lane];
        square_sum += slope * slope;
        largest = max(largest, slope.abs());
    }
    let mut activation = 0.0f32;
    for round in 0..(positions + LANES - 1 - lane) / LANES {
        activation += feature_maps[image * positions + round * LANES + lane];
    }
    let mut shared = Shared::<[f32]>::new_slice(FACTS * LANES);
    shared[lane] = activation;
    shared[LANES + lane] = square_sum;
    shared[2 * LANES + lane] = largest;
    sync_cube();
    #[unroll]
    for level in 1..9usize {
        let half = comptime!(LANES >> level);
        if lane < half {
            shared[lane] += shared[half + lane];
            shared[LANES + lane] += shared[LANES + half + lane];
            shared[2 * LANES + lane] = max(shared[2 * LANES + lane], shared[2 * LANES + half + lane]);
        }
        sync_cube();
    }
    if lane == 0 {
        facts[image * FACTS] = shared[0] / positions as f32;
        facts[image * FACTS + 1] = shared[LANES];
        facts[image * FACTS + 2] = shared[2 * LANES];
    }
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

/// Moves images, [N, 3, H, W], and writes what is read back: [N, H W 3 + FACTS], each image's values followed by its
/// facts. Where every step has one `length`, a gradient is brought to it, unless its squares sum to less than `least`.
#[cube(launch)]
pub(super) fn climb(
    images: &mut [f32],
    direction: &[f32],
    facts: &[f32],
    rows: &mut [f32],
    positions: u32,
    learning_rate: f32,
    length: f32,
    least: f32,
    #[comptime] one_length: bool,
) {
    let position = ABSOLUTE_POS_X as usize;
    let positions = positions as usize;
    if position >= positions {
        terminate!();
    }
    let (color, image) = (CUBE_POS_Y as usize, CUBE_POS_Z as usize);
    let at = (image * 3 + color) * positions + position;
    let way = if comptime!(one_length) {
        direction[at] / (max(facts[image * FACTS + 1], least).sqrt() / length)
    } else {
        direction[at]
    };
    let value = images[at] + way * learning_rate;
    images[at] = value;
    let row = image * (3 * positions + FACTS);
    rows[row + 3 * position + color] = value;
    if position == 0 {
        rows[row + 3 * positions + color] = facts[image * FACTS + color];
    }
}
