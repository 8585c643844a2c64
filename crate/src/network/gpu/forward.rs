//! relu(w * x + b), and max-pooling in the same pass where one follows.

use cubecl::prelude::*;

use super::layout::{
    Pair, Place, Quad, Sides, WINDOWS, area, pairs, pitch, place, plane, pooled, rows, units, zero_border,
};
use super::tile::{add_slices, is_done, own_unit, sum_channels};

/// 3 x 3 "same" convolution, bias and ReLU, with `pool` also 2 x 2 max-pooling. `kept` is what the way back needs of the
/// convolution's output (`layout.rs`). One unit computes 4 `quads` channels, or a slice of their sums.
#[cube(launch)]
pub(super) fn convolve_relu(
    input: &[Pair],
    weights: &[Quad],
    bias: &[Quad],
    output: &mut [f32],
    kept: &mut [u32],
    sides: Sides,
    channels: u32,
    all_quads: u32,
    #[comptime] pool: bool,
    #[comptime] quads: usize,
    #[comptime] slices: usize,
) {
    if comptime!(slices == 1) && ABSOLUTE_POS_X as usize >= units(&sides) {
        terminate!();
    }
    let place = place(own_unit(units(&sides), slices), &sides);
    let first_quad = CUBE_POS_Y as usize * quads;
    let row = all_quads as usize;
    let mut sums = sum_channels(input, weights, &place, &sides, channels, first_quad, row, quads, slices);
    add_slices(&mut sums, quads, slices);
    if comptime!(slices > 1) && is_done(units(&sides)) {
        terminate!();
    }
    if pool {
        store_pooled(&sums, bias, output, kept, &place, first_quad, &sides, quads);
    } else {
        store(&sums, bias, output, kept, &place, first_quad, &sides, quads);
    }
}

/// Where the word of a window and eight channels is kept.
#[cube]
pub(super) fn word_index(octet: usize, place: &Place, window: usize, sides: &Sides) -> usize {
    let row = (octet * sides.images as usize + place.image) * rows(sides) + place.row;
    (row * pairs(sides) + place.pair) * WINDOWS + window
}

#[cube]
fn store(
    sums: &Array<Quad>,
    bias: &[Quad],
    output: &mut [f32],
    kept: &mut [u32],
    place: &Place,
    first_quad: usize,
    sides: &Sides,
    #[comptime] quads: usize,
) {
    let (top, left) = (2 * place.row, 2 * WINDOWS * place.pair);
    let pitch = pitch(sides);
    let map = first_quad * 4 * plane(sides) + place.image * area(sides);
    #[unroll]
    for octet in 0..quads / 2 {
        #[unroll]
        for window in 0..WINDOWS {
            let mut word = 0u32;
            #[unroll]
            for channel in 0..8usize {
                let quad = comptime!(octet * 2 + channel / 4);
                let offset = bias[first_quad + quad].extract(channel % 4);
                #[unroll]
                for position in 0..4usize {
                    let (y, x) = (top + position / 2, left + 2 * window + position % 2);
                    let sum = sums[(window * 4 + position) * quads + quad].extract(channel % 4);
                    let inside = y < sides.height as usize && x < sides.width as usize;
                    let value = select(inside, max(sum + offset, 0.0f32), 0.0f32);
                    let at = map + (octet * 8 + channel) * plane(sides);
                    output[at + (y + 1) * pitch + x + 1] = value;
                    word |= select(value > 0.0f32, comptime!(1u32 << (channel * 4 + position)), 0u32);
                }
            }
            kept[word_index(first_quad / 2 + octet, place, window, sides)] = word;
        }
    }
    zero_border(output, map, top, left, sides, 4 * quads, 2usize, 2 * WINDOWS);
}

#[cube]
fn store_pooled(
    sums: &Array<Quad>,
    bias: &[Quad],
    output: &mut [f32],
    kept: &mut [u32],
    place: &Place,
    first_quad: usize,
    sides: &Sides,
    #[comptime] quads: usize,
) {
    let pooled = pooled(sides);
    let left = WINDOWS * place.pair;
    let map = first_quad * 4 * plane(&pooled) + place.image * area(&pooled);
    #[unroll]
    for octet in 0..quads / 2 {
        #[unroll]
        for window in 0..WINDOWS {
            let whole = place.row < pooled.height as usize && left + window < pooled.width as usize;
            let mut word = 0u32;
            #[unroll]
            for channel in 0..8usize {
                let quad = comptime!(octet * 2 + channel / 4);
                let offset = bias[first_quad + quad].extract(channel % 4);
                let mut greatest = 0.0f32;
                let mut winner = 0u32;
                #[unroll]
                for position in 0..4usize {
                    let value = sums[(window * 4 + position) * quads + quad].extract(channel % 4) + offset;
                    winner = select(value > greatest, comptime!(position as u32 + 1), winner);
                    greatest = max(value, greatest);
                }
                if whole {
                    let at = map + (octet * 8 + channel) * plane(&pooled);
                    output[at + (place.row + 1) * pitch(&pooled) + left + window + 1] = greatest;
                }
                word |= winner << comptime!(channel as u32 * 4);
            }
            kept[word_index(first_quad / 2 + octet, place, window, sides)] = word;
        }
    }
    zero_border(output, map, place.row, left, &pooled, 4 * quads, 1usize, WINDOWS);
}
