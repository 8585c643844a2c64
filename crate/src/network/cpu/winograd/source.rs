//! What is convolved.

use super::block::Block;
use crate::network::cpu::map::Map;
use crate::network::cpu::pooling::{Choices, Unpool};
use crate::network::cpu::simd::run;

/// Where a convolution's inputs come from.
#[derive(Debug, Clone, Copy)]
pub(in crate::network::cpu) enum Source<'a> {
    /// A map as it is.
    Map(&'a Map),
    /// The gradient before a pooling, made block by block from the one after it.
    Unpooled {
        gradient: &'a Map,
        choices: &'a Choices,
        /// Height and width before the pooling.
        size: (usize, usize),
    },
}

impl Source<'_> {
    /// Height and width.
    pub(super) const fn size(&self) -> (usize, usize) {
        match *self {
            Self::Map(map) => (map.height(), map.width()),
            Self::Unpooled { size, .. } => size,
        }
    }

    /// A block's inputs from its upper left corner on, and the numbers of a row. Tiles have `side` outputs a side.
    pub(super) fn view<'a>(&'a self, block: &Block, side: usize, band: &'a mut [f32]) -> (&'a [f32], usize) {
        let (y, x) = (block.rows.start * side, block.columns.start * side);
        match *self {
            Self::Map(map) => (map.around(y, x), map.stride()),
            Self::Unpooled { gradient, choices, .. } => {
                let columns = block.columns.len() * side + 2;
                let stride = columns * gradient.channels();
                let band = &mut band[..(block.rows.len() * side + 2) * stride];
                run(Unpool {
                    gradient,
                    choices,
                    origin: (y, x),
                    band,
                    columns,
                });
                (band, stride)
            }
        }
    }
}
