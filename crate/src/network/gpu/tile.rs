//! What one unit computes: sums over input channels and the nine taps, for its 2 x 4 positions and a few channels.
//!
//! Everything stays in registers. Neighbouring units read neighbouring values, so their reads are whole cache lines; all
//! units of a group read the same weights, so those are broadcast.

use cubecl::prelude::*;

use super::layout::{POSITIONS, Pair, Place, Quad, Sides, WINDOWS, area, pitch, plane};

/// Columns of the values under a unit's kernels.
pub(super) const PATCH: usize = 2 * WINDOWS + 2;

/// Sums of a unit: `quads` per position.
#[cube]
pub(super) fn no_sums(#[comptime] quads: usize) -> Array<Quad> {
    let mut sums = Array::<Quad>::new(POSITIONS * quads);
    #[unroll]
    for at in 0..POSITIONS * quads {
        sums[at] = Vector::new(0.0f32);
    }
    sums
}

/// Where a unit's patch begins in the first channel, in pairs.
#[cube]
pub(super) fn patch_corner(place: &Place, sides: &Sides) -> usize {
    place.image * (area(sides) / 2) + place.row * pitch(sides) + place.pair * WINDOWS
}

/// The 4 x 6 values under the kernels of a unit's positions, row by row.
#[cube]
pub(super) fn read_patch(input: &[Pair], corner: usize, half_pitch: usize) -> Sequence<f32> {
    let mut patch = Sequence::<f32>::new();
    #[unroll]
    for row in 0..4usize {
        #[unroll]
        for half in 0..PATCH / 2 {
            let pair = input[corner + row * half_pitch + half];
            patch.push(pair.extract(0usize));
            patch.push(pair.extract(1usize));
        }
    }
    patch
}

/// A unit's sums over all input channels, for `quads` from `first_quad` on of a row of `row` quads.
#[cube]
pub(super) fn sum_channels(
    input: &[Pair],
    weights: &[Quad],
    place: &Place,
    sides: &Sides,
    channels: u32,
    first_quad: usize,
    row: usize,
    #[comptime] quads: usize,
) -> Array<Quad> {
    let half_pitch = pitch(sides) / 2;
    let half_plane = plane(sides) / 2;
    let corner = patch_corner(place, sides);
    let mut sums = no_sums(quads);
    for channel in 0..channels as usize {
        let patch = read_patch(input, corner + channel * half_plane, half_pitch);
        accumulate(&mut sums, &patch, weights, channel * 9 * row + first_quad, row, quads);
    }
    sums
}

/// Adds one input channel's share to the sums. `first` is the channel's first weight for this unit; a channel's weights
/// are nine rows of `row` quads, tap by tap.
#[cube]
pub(super) fn accumulate(
    sums: &mut Array<Quad>,
    patch: &Sequence<f32>,
    weights: &[Quad],
    first: usize,
    row: usize,
    #[comptime] quads: usize,
) {
    #[unroll]
    for quad in 0..quads {
        let mut taps = Sequence::<Quad>::new();
        #[unroll]
        for tap in 0..9usize {
            taps.push(weights[first + tap * row + quad]);
        }
        #[unroll]
        for position in 0..POSITIONS {
            let at = comptime!(position * quads + quad);
            sums[at] = nine_taps(sums[at], patch, &taps, position);
        }
    }
}

/// A sum and one input channel's share. Written without a variable, because what CubeCL keeps in a variable goes through
/// memory on software adapters, at each tap.
#[cube]
fn nine_taps(sum: Quad, patch: &Sequence<f32>, taps: &Sequence<Quad>, #[comptime] position: usize) -> Quad {
    let sum = one_tap(sum, patch, taps, position, 0usize);
    let sum = one_tap(sum, patch, taps, position, 1usize);
    let sum = one_tap(sum, patch, taps, position, 2usize);
    let sum = one_tap(sum, patch, taps, position, 3usize);
    let sum = one_tap(sum, patch, taps, position, 4usize);
    let sum = one_tap(sum, patch, taps, position, 5usize);
    let sum = one_tap(sum, patch, taps, position, 6usize);
    let sum = one_tap(sum, patch, taps, position, 7usize);
    one_tap(sum, patch, taps, position, 8usize)
}

#[cube]
fn one_tap(
    sum: Quad,
    patch: &Sequence<f32>,
    taps: &Sequence<Quad>,
    #[comptime] position: usize,
    #[comptime] tap: usize,
) -> Quad {
    let value = *patch.index(comptime!(patch_index(position, tap)));
    sum + Vector::new(value) * *taps.index(tap)
}

/// Which value of the patch a tap reads for a position. Positions go window by window, row by row in each.
pub(super) fn patch_index(position: usize, tap: usize) -> usize {
    let (window, position) = (position / 4, position % 4);
    (position / 2 + tap / 3) * PATCH + 2 * window + position % 2 + tap % 3
}
