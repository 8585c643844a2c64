//! The input gradient: the same convolution with turned weights, through the ReLU or pooling on either side.

use cubecl::prelude::*;

use super::forward::word_index;
use super::layout::{
    Pair, Place, Quad, Sides, WINDOWS, area, pairs, pitch, place, plane, pooled, rows, units, zero_border,
};
use super::tile::{PATCH, accumulate, add_slices, is_done, no_sums, own_channel, own_unit, sum_channels};

/// Columns of windows that overlap a unit's patch; there are three rows of them.
const NEAR: usize = WINDOWS + 2;

/// From the gradient at the convolution's output, already zero where its ReLU was closed, to that at its input. `mask` are
/// the bits of the ReLU that made this input, where a ReLU and not a pooling did.
#[cube(launch)]
pub(super) fn convolve_turned(
    gradient: &[Pair],
    weights: &[Quad],
    mask: ComptimeOption<&[u32]>,
    output: &mut [f32],
    sides: Sides,
    channels: u32,
    all_quads: u32,
    #[comptime] quads: usize,
    #[comptime] slices: usize,
) {
    if comptime!(slices == 1) && ABSOLUTE_POS_X as usize >= units(&sides) {
        terminate!();
    }
    let place = place(own_unit(units(&sides), slices), &sides);
    let first_quad = CUBE_POS_Y as usize * quads;
    let row = all_quads as usize;
    let mut sums = sum_channels(
        gradient, weights, &place, &sides, channels, first_quad, row, quads, slices,
    );
    add_slices(&mut sums, quads, slices);
    if comptime!(slices > 1) && is_done(units(&sides)) {
        terminate!();
    }
    store(&sums, mask, output, &place, first_quad, &sides, quads);
}

/// The same where the convolution's output was pooled: `gradient` is that at the pooling's output, and goes to the
/// windows' winners. `sides` are those of the convolution.
#[cube(launch)]
pub(super) fn convolve_turned_unpooled(
    gradient: &[f32],
    winners: &[u32],
    weights: &[Quad],
    mask: ComptimeOption<&[u32]>,
    output: &mut [f32],
    sides: Sides,
    channels: u32,
    all_quads: u32,
    #[comptime] quads: usize,
    #[comptime] slices: usize,
) {
    if comptime!(slices == 1) && ABSOLUTE_POS_X as usize >= units(&sides) {
        terminate!();
    }
    let place = place(own_unit(units(&sides), slices), &sides);
    let pooled = pooled(&sides);
    let mut values = Array::<usize>::new(3 * NEAR);
    let mut words = Array::<usize>::new(3 * NEAR);
    #[unroll]
    for near in 0..3 * NEAR {
        let (y, x) = (place.row + near / NEAR, WINDOWS * place.pair + near % NEAR);
        let inside = y > 0 && y <= pooled.height as usize && x > 0 && x <= pooled.width as usize;
        // The first value of the border, a zero, stands for everything outside.
        values[near] = select(inside, place.image * area(&pooled) + y * pitch(&pooled) + x, 0);
        let row = place.image * rows(&sides) + y - 1;
        words[near] = select(inside, row * pairs(&sides) * WINDOWS + x - 1, 0);
    }
    let first_quad = CUBE_POS_Y as usize * quads;
    let row = all_quads as usize;
    let mut sums = no_sums(quads);
    for round in 0..channels as usize / slices {
        let channel = own_channel(round, slices);
        let octet = channel / 8 * units(&sides) * WINDOWS;
        let shift = (channel % 8) as u32 * 4;
        let mut window_values = Sequence::<f32>::new();
        let mut window_winners = Sequence::<u32>::new();
        #[unroll]
        for near in 0..3 * NEAR {
            window_values.push(gradient[channel * plane(&pooled) + values[near]]);
            window_winners.push((winners[octet + words[near]] >> shift) & 15u32);
        }
        let patch = unpooled_patch(&window_values, &window_winners);
        accumulate(&mut sums, &patch, weights, channel * 9 * row + first_quad, row, quads);
    }
    add_slices(&mut sums, quads, slices);
    if comptime!(slices > 1) && is_done(units(&sides)) {
        terminate!();
    }
    store(&sums, mask, output, &place, first_quad, &sides, quads);
}

/// A unit's patch from the gradients and winners of the windows around: each gradient at its winner, zero elsewhere.
#[cube]
fn unpooled_patch(values: &Sequence<f32>, winners: &Sequence<u32>) -> Sequence<f32> {
    let mut patch = Sequence::<f32>::new();
    #[unroll]
    for at in 0..4 * PATCH {
        // The patch begins at the last row and column of the first windows.
        let (y, x) = comptime!((at / PATCH + 1, at % PATCH + 1));
        let near = comptime!(y / 2 * NEAR + x / 2);
        let position = comptime!((y % 2 * 2 + x % 2 + 1) as u32);
        patch.push(select(*winners.index(near) == position, *values.index(near), 0.0f32));
    }
    patch
}

#[cube]
pub(super) fn store(
    sums: &Array<Quad>,
    mask: ComptimeOption<&[u32]>,
    output: &mut [f32],
    place: &Place,
    first_quad: usize,
    sides: &Sides,
    #[comptime] quads: usize,
) {
    let (top, left) = (2 * place.row, 2 * WINDOWS * place.pair);
    let map = first_quad * 4 * plane(sides) + place.image * area(sides);
    #[unroll]
    for window in 0..WINDOWS {
        #[unroll]
        for channel in 0..4 * quads {
            #[unroll]
            for position in 0..4usize {
                let (y, x) = (top + position / 2, left + 2 * window + position % 2);
                #[comptime]
                let passes = match mask {
                    ComptimeOption::Some(mask) => {
                        let word = mask[word_index(first_quad / 2 + channel / 8, place, window, sides)];
                        word & comptime!(1u32 << ((channel % 8) * 4 + position)) != 0u32
                    }
                    ComptimeOption::None => y < sides.height as usize && x < sides.width as usize,
                };
                let sum = sums[(window * 4 + position) * quads + channel / 4].extract(channel % 4);
                output[map + channel * plane(sides) + (y + 1) * pitch(sides) + x + 1] = select(passes, sum, 0.0f32);
            }
        }
    }
    zero_border(output, map, top, left, sides, 4 * quads, 2usize, 2 * WINDOWS);
}
