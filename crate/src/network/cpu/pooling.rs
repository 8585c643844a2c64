//! What poolings chose, kept for the way back.

use pulp::{Simd, WithSimd};

use super::map::{Map, TILE};
use super::simd::{vectors, vectors_mut};

/// For every position before a pooling and every channel one bit: whether it won its window and was above zero, so
/// that the gradient goes there. The bits of 4 x 4 positions are a word.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    /// Words of a row of 4 x 4 positions.
    stride: usize,
    channels: usize,
    /// [rows / 4, columns / 4, channels]
    words: Vec<u32>,
}

impl Choices {
    /// For maps of this size before the pooling; `channels` as they lie in memory.
    pub(super) fn new(height: usize, width: usize, channels: usize) -> Self {
        Self {
            stride: width.div_ceil(TILE) * channels,
            channels,
            words: vec![0; Self::length(height, width, channels)],
        }
    }

    const fn length(height: usize, width: usize, channels: usize) -> usize {
        height.div_ceil(TILE) * width.div_ceil(TILE) * channels
    }

    /// Bytes that those of one map take.
    pub(super) const fn bytes_of(height: usize, width: usize, channels: usize) -> usize {
        Self::length(height, width, channels) * size_of::<u32>()
    }

    /// A position's bit in its word.
    #[inline(always)]
    pub(super) const fn bit(y: usize, x: usize) -> u32 {
        1 << (y % TILE * TILE + x % TILE)
    }

    #[inline(always)]
    fn word(&self, y: usize, x: usize) -> usize {
        y / TILE * self.stride + x / TILE * self.channels
    }

    /// Sets the bits of a square of positions that begins at (y, x), for a vector of channels. A word is begun by the
    /// square in its corner, which has to be first.
    #[inline(always)]
    pub(super) fn set<S: Simd>(&mut self, simd: S, (y, x): (usize, usize), vector: usize, bits: S::u32s) {
        let word = self.word(y, x);
        let words = S::as_mut_simd_u32s(&mut self.words[word..word + self.channels]).0;
        words[vector] = if (y % TILE, x % TILE) == (0, 0) {
            bits
        } else {
            simd.or_u32s(words[vector], bits)
        };
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.words[..])
    }
}

/// A part of the gradient before a pooling: each pooled gradient at the place of its window's winner.
#[derive(Debug)]
pub(super) struct Unpool<'a> {
    /// The gradient after the pooling.
    pub(super) gradient: &'a Map,
    pub(super) choices: &'a Choices,
    /// Rows and columns, from 1 above and to the left of these.
    pub(super) origin: (usize, usize),
    /// [rows, columns, channels], to be written.
    pub(super) band: &'a mut [f32],
    pub(super) columns: usize,
}

impl WithSimd for Unpool<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let channels = self.gradient.channels();
        let (y, x) = self.origin;
        for (row, places) in self.band.chunks_exact_mut(self.columns * channels).enumerate() {
            for (column, place) in places.chunks_exact_mut(channels).enumerate() {
                let inside = (y + row)
                    .checked_sub(1)
                    .zip((x + column).checked_sub(1))
                    .filter(|(y, x)| y / 2 < self.gradient.height() && x / 2 < self.gradient.width());
                match inside {
                    Some((y, x)) => {
                        let word = self.choices.word(y, x);
                        let words = S::as_simd_u32s(&self.choices.words[word..word + channels]).0;
                        let gradient = vectors::<S>(self.gradient.position(y / 2, x / 2));
                        place_winners(simd, words, gradient, Choices::bit(y, x), vectors_mut::<S>(place));
                    }
                    None => place.fill(0.0),
                }
            }
        }
    }
}

#[inline(always)]
fn place_winners<S: Simd>(simd: S, words: &[S::u32s], gradient: &[S::f32s], bit: u32, places: &mut [S::f32s]) {
    let (bit, zero) = (simd.splat_u32s(bit), simd.splat_f32s(0.0));
    for ((word, gradient), place) in words.iter().zip(gradient).zip(places) {
        let won = simd.equal_u32s(simd.and_u32s(*word, bit), bit);
        *place = simd.select_f32s(won, *gradient, zero);
    }
}
