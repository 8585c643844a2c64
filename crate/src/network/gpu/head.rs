//! The last convolution, pruned to one channel per image: image i of a batch has weights of its own.

use cubecl::prelude::*;

use super::backward::store;
use super::layout::{POSITIONS, Pair, Place, Quad, Sides, WINDOWS, pairs, pitch, plane, rows};
use super::tile::{PATCH, accumulate, no_sums, patch_corner, patch_index, read_patch};

/// Units of a group, side by side.
pub(super) const LANES: usize = 32;

/// Shares of the input channels that are summed side by side; one per position, which the second half of the kernel
/// counts on.
pub(super) const SLICES: usize = POSITIONS;

/// relu(w * x + b) of one channel per image: `weights` are [N, C, 9], `output` [N, H, W] without a border. A group sums
/// slices of the channels, then adds them up in their order, so that the sum is the same each time.
#[cube(launch)]
pub(super) fn convolve_head(
    input: &[Pair],
    weights: &[f32],
    bias: &[f32],
    output: &mut [f32],
    sides: Sides,
    channels: u32,
) {
    let image = CUBE_POS_Z as usize;
    let unit = ABSOLUTE_POS_X as usize;
    let lane = UNIT_POS_X as usize;
    let slice = UNIT_POS_Y as usize;
    // Units beyond the last one compute the last again: all must reach the barrier.
    let last = rows(&sides) * pairs(&sides) - 1;
    let own = min(unit, last);
    let place = Place {
        image,
        row: own / pairs(&sides),
        pair: own % pairs(&sides),
    };
    let corner = patch_corner(&place, &sides);
    let channels = channels as usize;
    let mut sums = Array::<f32>::new(POSITIONS);
    #[unroll]
    for position in 0..POSITIONS {
        sums[position] = 0.0f32;
    }
    for round in 0..(channels + SLICES - 1 - slice) / SLICES {
        let channel = round * SLICES + slice;
        let patch = read_patch(input, corner + channel * (plane(&sides) / 2), pitch(&sides) / 2);
        #[unroll]
        for tap in 0..9usize {
            let weight = weights[(image * channels + channel) * 9 + tap];
            #[unroll]
            for position in 0..POSITIONS {
                let at = comptime!(patch_index(position, tap));
                sums[position] += *patch.index(at) * weight;
            }
        }
    }
    let mut shared = Shared::<[f32]>::new_slice(SLICES * POSITIONS * LANES);
    #[unroll]
    for position in 0..POSITIONS {
        shared[(slice * POSITIONS + position) * LANES + lane] = sums[position];
    }
    sync_cube();
    let position = slice;
    let mut sum = bias[image];
    #[unroll]
    for slice in 0..SLICES {
        sum += shared[(slice * POSITIONS + position) * LANES + lane];
    }
    let y = 2 * place.row + position % 4 / 2;
    let x = 2 * (WINDOWS * place.pair + position / 4) + position % 2;
    let (height, width) = (sides.height as usize, sides.width as usize);
    if unit <= last && y < height && x < width {
        output[(image * height + y) * width + x] = max(sum, 0.0f32);
    }
}

/// From the gradient at that one channel, [N, H, W] without a border, to the gradient at the convolution's input: `weights`
/// are [N, 9, C], turned; `mask` as in `backward.rs`.
#[cube(launch)]
pub(super) fn convolve_head_turned(
    gradient: &[f32],
    weights: &[Quad],
    mask: ComptimeOption<&[u32]>,
    output: &mut [f32],
    sides: Sides,
    all_quads: u32,
    #[comptime] quads: usize,
) {
    let image = CUBE_POS_Z as usize;
    let unit = ABSOLUTE_POS_X as usize;
    if unit >= rows(&sides) * pairs(&sides) {
        terminate!();
    }
    let place = Place {
        image,
        row: unit / pairs(&sides),
        pair: unit % pairs(&sides),
    };
    let first_quad = CUBE_POS_Y as usize * quads;
    let row = all_quads as usize;
    let patch = read_bare_patch(gradient, &place, &sides);
    let mut sums = no_sums(quads);
    accumulate(&mut sums, &patch, weights, image * 9 * row + first_quad, row, quads);
    store(&sums, mask, output, &place, first_quad, &sides, quads);
}

/// A unit's patch of a map without a border.
#[cube]
fn read_bare_patch(map: &[f32], place: &Place, sides: &Sides) -> Sequence<f32> {
    let (height, width) = (sides.height as usize, sides.width as usize);
    let mut patch = Sequence::<f32>::new();
    #[unroll]
    for at in 0..4 * PATCH {
        // Counted from the border, so that nothing is below zero.
        let (y, x) = (2 * place.row + at / PATCH, 2 * WINDOWS * place.pair + at % PATCH);
        let inside = y > 0 && y <= height && x > 0 && x <= width;
        let index = select(inside, (place.image * height + y - 1) * width + x - 1, 0);
        patch.push(select(inside, map[index], 0.0f32));
    }
    patch
}

/// Rows of weights, one per image: that of `channels[n]` for image n. In `source` a row's values are `from_value` apart,
/// and the rows of two channels `from_row`.
#[cube(launch)]
pub(super) fn pick_rows(
    source: &[f32],
    channels: &[u32],
    output: &mut [f32],
    length: u32,
    from_row: u32,
    from_value: u32,
) {
    let at = ABSOLUTE_POS_X as usize;
    if at >= length as usize {
        terminate!();
    }
    let image = CUBE_POS_Z as usize;
    let row = channels[image] as usize * from_row as usize;
    output[image * length as usize + at] = source[row + at * from_value as usize];
}
