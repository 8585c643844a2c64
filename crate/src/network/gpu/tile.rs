//! What one unit computes: sums over input channels and the nine taps, for its 2 x 4 positions and a few channels.
//!
//! Everything stays in registers. Neighbouring units read neighbouring values, so their reads are whole cache lines; all
//! units of a group read the same weights, so those are broadcast.

use cubecl::prelude::*;

use super::layout::{POSITIONS, Pair, Place, Quad, Sides, WINDOWS, area, pitch, plane};

/// Units of a group where input channels are summed in slices: a slice has this many by their number. Half of them leave their
/// sums to the others, in the 16 KiB that every WebGPU has.
pub(super) const SLICED_GROUP: usize = 128;

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

/// A unit's sums over all input channels, for `quads` from `first_quad` on of a row of `row` quads; where there are
/// `slices`, over its own slice of them.
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
    #[comptime] slices: usize,
) -> Array<Quad> {
    let half_pitch = pitch(sides) / 2;
    let half_plane = plane(sides) / 2;
    let corner = patch_corner(place, sides);
    let mut sums = no_sums(quads);
    for round in 0..channels as usize / slices {
        let channel = own_channel(round, slices);
        let patch = read_patch(input, corner + channel * half_plane, half_pitch);
        accumulate(&mut sums, &patch, weights, channel * 9 * row + first_quad, row, quads);
    }
    sums
}

/// Which input channel a unit takes in a round.
#[cube]
pub(super) fn own_channel(round: usize, #[comptime] slices: usize) -> usize {
    if comptime!(slices == 1) {
        round
    } else {
        round * slices + UNIT_POS_Y as usize
    }
}

/// The unit of the batch that this one computes, for itself or with the other slices. Where there are several, those beyond
/// the last compute the last again, because all must reach the barriers.
#[cube]
pub(super) fn own_unit(count: usize, #[comptime] slices: usize) -> usize {
    let unit = ABSOLUTE_POS_X as usize;
    if comptime!(slices == 1) {
        unit
    } else {
        min(unit, count - 1)
    }
}

/// Whether a unit has nothing to do once the slices are added up.
#[cube]
pub(super) fn is_done(count: usize) -> bool {
    UNIT_POS_Y > 0 || ABSOLUTE_POS_X as usize >= count
}

/// Adds the sums of all slices up: the first slice has them, and alone goes on. Halves are added to halves, so that the
/// sum is the same each time.
#[cube]
pub(super) fn add_slices(sums: &mut Array<Quad>, #[comptime] quads: usize, #[comptime] slices: usize) {
    if comptime!(slices > 1) {
        let (lane, slice) = (UNIT_POS_X as usize, UNIT_POS_Y as usize);
        let lanes = comptime!(SLICED_GROUP / slices);
        let mut shared = Shared::<[Quad]>::new_slice(comptime!(SLICED_GROUP / 2 * POSITIONS * quads));
        #[unroll]
        for level in 1..comptime!(slices.trailing_zeros() as usize + 1) {
            let half = comptime!(slices >> level);
            if slice >= half && slice < 2 * half {
                #[unroll]
                for at in 0..POSITIONS * quads {
                    shared[(at * half + slice - half) * lanes + lane] = sums[at];
                }
            }
            sync_cube();
            if slice < half {
                #[unroll]
                for at in 0..POSITIONS * quads {
                    sums[at] += shared[(at * half + slice) * lanes + lane];
                }
            }
            sync_cube();
        }
    }
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
