//! An image's work shared among groups of units, and what they find added up: first in each group, then by whoever needs the
//! whole. Both in an order of their own, so that sums are the same each time.

use cubecl::prelude::*;

/// Units of a group.
pub(super) const LANES: usize = 256;

/// Groups that share an image.
pub(super) const PARTS: usize = 32;

/// Units that add up the first half of a group's way.
const FEW: usize = 16;

/// How many of `count` values are this unit's: those of index `value_index(0)`, `value_index(1)`, ...
#[cube]
pub(super) fn share(count: usize) -> usize {
    (count + PARTS * LANES - 1 - value_index(0)) / (PARTS * LANES)
}

/// Which value a unit takes in a round.
#[cube]
pub(super) fn value_index(round: usize) -> usize {
    (round * PARTS + CUBE_POS_X as usize) * LANES + UNIT_POS_X as usize
}

/// The sum over a group, known to its first unit.
#[cube]
pub(super) fn sum_of_group(value: f32) -> f32 {
    let lane = UNIT_POS_X as usize;
    let mut shared = Shared::<[f32]>::new_slice(LANES);
    shared[lane] = value;
    sync_cube();
    if lane < FEW {
        for row in 1..LANES / FEW {
            shared[lane] += shared[row * FEW + lane];
        }
    }
    sync_cube();
    let mut sum = shared[0];
    if lane == 0 {
        for other in 1..FEW {
            sum += shared[other];
        }
    }
    sum
}

/// The greatest value of a group, known to its first unit.
#[cube]
pub(super) fn greatest_of_group(value: f32) -> f32 {
    let lane = UNIT_POS_X as usize;
    let mut shared = Shared::<[f32]>::new_slice(LANES);
    shared[lane] = value;
    sync_cube();
    if lane < FEW {
        for row in 1..LANES / FEW {
            shared[lane] = max(shared[lane], shared[row * FEW + lane]);
        }
    }
    sync_cube();
    let mut greatest = shared[0];
    if lane == 0 {
        for other in 1..FEW {
            greatest = max(greatest, shared[other]);
        }
    }
    greatest
}

/// The sum of what an image's groups found out about it: `kinds` numbers each, of which this is the one at `kind`.
#[cube]
pub(super) fn sum_of_image(found: &[f32], image: usize, #[comptime] kind: usize, #[comptime] kinds: usize) -> f32 {
    let mut sum = 0.0f32;
    for part in 0..PARTS {
        sum += found[(image * PARTS + part) * kinds + kind];
    }
    sum
}

/// The greatest of them.
#[cube]
pub(super) fn greatest_of_image(found: &[f32], image: usize, #[comptime] kind: usize, #[comptime] kinds: usize) -> f32 {
    let mut greatest = found[image * PARTS * kinds + kind];
    for part in 1..PARTS {
        greatest = max(greatest, found[(image * PARTS + part) * kinds + kind]);
    }
    greatest
}
