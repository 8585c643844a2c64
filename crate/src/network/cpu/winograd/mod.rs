//! 3 x 3 convolutions between many channels by Winograd's minimal filtering, tile by tile.
//!
//! F(4 x 4, 3 x 3) needs 36 multiplications where a plain convolution needs 144. A block of tiles is transformed, multiplied
//! and transformed back while it is in the cache; only outputs are written to memory.

mod block;
mod panels;
mod scratch;
mod source;
mod tiled;
mod transform;

use std::sync::Arc;

use super::kernel::Direction;
use super::sink::Sink;
use crate::weights::packed::Packed;
use tiled::Tiled;
use transform::{Four, Two};

pub(super) use panels::When;
pub(super) use scratch::{Room, Scratch};
pub(super) use source::Source;

/// How large the tiles are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tiles {
    /// 4 x 4 outputs: the fewest multiplications.
    Four,
    /// 2 x 2 outputs: less memory for kernels, less waste on small maps.
    Two,
}

/// A convolution one way.
#[derive(Debug, Clone)]
pub(super) enum Winograd {
    Four(Tiled<Four, 6, 4>),
    Two(Tiled<Two, 4, 2>),
}

impl Winograd {
    pub(super) fn new(kernels: &Arc<Packed>, direction: Direction, (tiles, when): (Tiles, When)) -> Self {
        match tiles {
            Tiles::Four => Self::Four(Tiled::new(kernels, direction, when)),
            Tiles::Two => Self::Two(Tiled::new(kernels, direction, when)),
        }
    }

    /// Convolves what the source gives and hands every output to the sink. The scratch has been reserved for both.
    pub(super) fn convolve(&self, source: &Source<'_>, scratch: &mut Scratch, sink: &mut impl Sink) {
        match self {
            Self::Four(tiled) => tiled.convolve(source, scratch, sink),
            Self::Two(tiled) => tiled.convolve(source, scratch, sink),
        }
    }

    /// The scratch that such a convolution needs for maps of this size; channels include those that pad.
    pub(super) fn room((tiles, when): (Tiles, When), inputs: usize, outputs: usize, size: (usize, usize)) -> Room {
        match tiles {
            Tiles::Four => Tiled::<Four, 6, 4>::room(when, inputs, outputs, size),
            Tiles::Two => Tiled::<Two, 4, 2>::room(when, inputs, outputs, size),
        }
    }

    /// Bytes that such a convolution takes beside the plain kernels.
    pub(super) const fn bytes_of((tiles, when): (Tiles, When), inputs: usize, outputs: usize) -> usize {
        match (when, tiles) {
            (When::Anew, _) => 0,
            (When::Once, Tiles::Four) => Tiled::<Four, 6, 4>::bytes_of(inputs, outputs),
            (When::Once, Tiles::Two) => Tiled::<Two, 4, 2>::bytes_of(inputs, outputs),
        }
    }

    /// Grows the scratch as this convolution needs it for maps of this size.
    pub(super) fn reserve(&self, scratch: &mut Scratch, size: (usize, usize)) {
        match self {
            Self::Four(tiled) => tiled.reserve(scratch, size),
            Self::Two(tiled) => tiled.reserve(scratch, size),
        }
    }
}
