//! How feature maps lie in memory, as the kernels see it.
//!
//! A map of H x W is cut into windows of 2 x 2, those of a pooling, and the windows of a row into pairs: one unit of a
//! kernel computes a pair's 2 x 4 positions for a few channels. Around the map lies a border of zeros, wide enough for
//! every read under a 3 x 3 kernel: row y and column x of the map are row y + 1 and column x + 1 of the padded one. Its
//! pitch is even, so the values under a unit are whole aligned pairs. Maps are ordered by channel, then by image, and a
//! batch needs no more than a longer row of units.
//!
//! Of a feature map the way back needs one bit per value, or where it is pooled one winner per window. Both are one word
//! of 32 bits per window and eight channels, four bits each: whether the values at the window's positions are above zero,
//! or which of them, from 1, was the greatest (0 where none was above zero).

use cubecl::prelude::*;

/// Four neighbouring output channels.
pub(super) type Quad = Vector<f32, Const<4>>;

/// Two neighbouring columns.
pub(super) type Pair = Vector<f32, Const<2>>;

/// Windows of one unit, side by side.
pub(super) const WINDOWS: usize = 2;

/// Positions of one unit.
pub(super) const POSITIONS: usize = 4 * WINDOWS;

/// A batch of maps of one size.
#[derive(CubeType, CubeLaunch, Clone, Copy, Debug)]
pub(super) struct Sides {
    pub(super) images: u32,
    pub(super) height: u32,
    pub(super) width: u32,
}

/// One pair of windows: of which image, in which row of windows, and which pair of that row.
#[derive(CubeType, Clone, Copy)]
pub(super) struct Place {
    pub(super) image: usize,
    pub(super) row: usize,
    pub(super) pair: usize,
}

/// Rows of windows.
#[cube]
pub(super) fn rows(sides: &Sides) -> usize {
    (sides.height as usize).div_ceil(2)
}

/// Pairs of windows in a row.
#[cube]
pub(super) fn pairs(sides: &Sides) -> usize {
    (sides.width as usize).div_ceil(4)
}

/// From one row of a padded map to the next.
#[cube]
pub(super) fn pitch(sides: &Sides) -> usize {
    4 * pairs(sides) + 2
}

/// Values of a padded map.
#[cube]
pub(super) fn area(sides: &Sides) -> usize {
    (2 * rows(sides) + 2) * pitch(sides)
}

/// Values of one channel: a padded map per image.
#[cube]
pub(super) fn plane(sides: &Sides) -> usize {
    sides.images as usize * area(sides)
}

/// Units of the batch.
#[cube]
pub(super) fn units(sides: &Sides) -> usize {
    sides.images as usize * rows(sides) * pairs(sides)
}

#[cube]
pub(super) fn place(unit: usize, sides: &Sides) -> Place {
    let row = unit / pairs(sides);
    Place {
        image: row / rows(sides),
        row: row % rows(sides),
        pair: unit % pairs(sides),
    }
}

/// The maps after a 2 x 2 pooling: an odd last row or column is dropped.
#[cube]
pub(super) fn pooled(sides: &Sides) -> Sides {
    Sides {
        images: sides.images,
        height: sides.height / 2,
        width: sides.width / 2,
    }
}

/// Zeroes the border next to a block of `height` x `width` positions whose first is (top, left), and those positions of
/// the block that are outside the map, in `channels` channels. `map` is the padded map of the first of them.
#[cube]
pub(super) fn zero_border(
    output: &mut [f32],
    map: usize,
    top: usize,
    left: usize,
    sides: &Sides,
    channels: usize,
    #[comptime] height: usize,
    #[comptime] width: usize,
) {
    let last_row = top + height >= sides.height as usize;
    let last_column = left + width >= sides.width as usize;
    let inside = top < sides.height as usize && left < sides.width as usize;
    if inside && (top == 0 || left == 0 || last_row || last_column) {
        let first_row = select(top == 0, 0, top + 1);
        let end_row = select(last_row, 2 * rows(sides) + 2, top + 1 + height);
        let first_column = select(left == 0, 0, left + 1);
        let end_column = select(last_column, pitch(sides), left + 1 + width);
        for channel in 0..channels {
            for y in first_row..end_row {
                for x in first_column..end_column {
                    if y == 0 || y > sides.height as usize || x == 0 || x > sides.width as usize {
                        output[map + channel * plane(sides) + y * pitch(sides) + x] = 0.0f32;
                    }
                }
            }
        }
    }
}
