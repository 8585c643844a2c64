//! 2 x 2 max-pooling of the last map, where the objective is that of a pooling: maps without a border, [N, 1, H, W].
//! An odd last row or column is dropped.

use cubecl::prelude::*;

use super::layout::{Sides, pooled};

/// The greatest of each window. One unit computes one window.
#[cube(launch)]
pub(super) fn pool(maps: &[f32], output: &mut [f32], sides: Sides) {
    let window = ABSOLUTE_POS_X as usize;
    let image = CUBE_POS_Z as usize;
    let pooled = pooled(&sides);
    let windows = (pooled.height * pooled.width) as usize;
    if window >= windows {
        terminate!();
    }
    let (row, column) = (window / pooled.width as usize, window % pooled.width as usize);
    let first = (image * sides.height as usize + 2 * row) * sides.width as usize + 2 * column;
    let below = first + sides.width as usize;
    let greatest = max(max(maps[first], maps[first + 1]), max(maps[below], maps[below + 1]));
    output[image * windows + window] = greatest;
}

/// The gradient of the pooled maps' means at the ReLU before them: `share` at each window's first greatest value, if that
/// is above zero. One unit computes one position.
#[cube(launch)]
pub(super) fn pooled_mean_gradient(maps: &[f32], gradient: &mut [f32], sides: Sides, share: f32) {
    let position = ABSOLUTE_POS_X as usize;
    let image = CUBE_POS_Z as usize;
    let (height, width) = (sides.height as usize, sides.width as usize);
    if position >= height * width {
        terminate!();
    }
    let (y, x) = (position / width, position % width);
    let whole = y / 2 < height / 2 && x / 2 < width / 2;
    // Outside any whole window the first one is looked at, and not used.
    let corner = select(whole, y / 2 * 2 * width + x / 2 * 2, 0);
    let own = y % 2 * 2 + x % 2;
    let mut greatest = 0.0f32;
    let mut winner = 4usize;
    #[unroll]
    for candidate in 0..4usize {
        let at = min(corner + candidate / 2 * width + candidate % 2, height * width - 1);
        let value = maps[image * height * width + at];
        winner = select(value > greatest, candidate, winner);
        greatest = max(value, greatest);
    }
    gradient[image * height * width + position] = select(whole && winner == own, share, 0.0f32);
}
