//! Convolution by tiles of one size.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use pulp::{Simd, WithSimd};

use super::block::{Block, blocks, pieces};
use super::panels::{Panels, SPARE, When};
use super::scratch::{Room, Scratch};
use super::source::Source;
use super::transform::Transform;
use crate::network::cpu::kernel::Direction;
use crate::network::cpu::multiply::Multiply;
use crate::network::cpu::simd::{BLOCK, padded, run, vectors, vectors_mut};
use crate::network::cpu::sink::Sink;
use crate::weights::packed::Packed;

/// Tiles of a block: few enough that what is between the transforms stays near, many enough that kernels are read seldom.
const MOST_TILES: usize = 32;

/// Numbers of a block at the points where kernels are made anew for each: it has as many tiles as these are for.
const MOST_TRANSFORMED: usize = 1 << 20;

/// A convolution by F(OUT x OUT, 3 x 3); IN is OUT + 2.
#[derive(Debug, Clone)]
pub(in crate::network::cpu) struct Tiled<T, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    when: When,
    /// Those that pad included.
    inputs: usize,
    outputs: usize,
    panels: Panels,
}

impl<T: Transform<IN, OUT>, const IN: usize, const OUT: usize> Tiled<T, IN, OUT> {
    const POINTS: usize = IN * IN;

    pub(super) fn new(kernels: &Arc<Packed>, direction: Direction, when: When) -> Self {
        let (inputs, outputs) = match direction {
            Direction::Forward => (kernels.in_channels(), kernels.out_channels()),
            Direction::Backward => (kernels.out_channels(), kernels.in_channels()),
        };
        Self {
            transform: PhantomData,
            when,
            inputs: padded(inputs),
            outputs: padded(outputs),
            panels: Panels::new::<T, IN, OUT>(kernels, direction, when),
        }
    }

    pub(super) fn reserve(&self, scratch: &mut Scratch, size: (usize, usize)) {
        scratch.reserve(Self::room(self.when, self.inputs, self.outputs, size));
    }

    /// The scratch that a convolution between so many channels, those that pad included, needs for maps of this size.
    pub(super) fn room(when: When, inputs: usize, outputs: usize, size: (usize, usize)) -> Room {
        // The first block is the largest.
        let Some(block) = Self::blocks(when, inputs, size).next() else {
            return Room::default();
        };
        let (panels, part) = when.together(outputs / BLOCK, inputs);
        Room {
            transformed: pieces(inputs, part)
                .map(|part| Self::transformed(&block, part.len()))
                .sum(),
            products: Self::POINTS * block.tiles() * panels * BLOCK,
            band: (block.rows.len() * OUT + 2) * (block.columns.len() * OUT + 2) * inputs,
            panels: match when {
                When::Once => 0,
                When::Anew => Panels::length(Self::POINTS, panels, part),
            },
        }
    }

    /// Bytes of the kernels between so many channels, those that pad included, at the points.
    pub(super) const fn bytes_of(inputs: usize, outputs: usize) -> usize {
        Panels::length(Self::POINTS, outputs / BLOCK, inputs) * size_of::<f32>()
    }

    pub(super) fn convolve(&self, source: &Source<'_>, scratch: &mut Scratch, sink: &mut impl Sink) {
        for block in Self::blocks(self.when, self.inputs, source.size()) {
            let (values, stride) = source.view(&block, OUT, &mut scratch.band);
            let (together, most) = self.when.together(self.outputs / BLOCK, self.inputs);
            let places = scratch.transformed.chunks_mut(Self::transformed(&block, most));
            for (part, place) in pieces(self.inputs, most).zip(places) {
                run(ToPoints::<T, IN, OUT> {
                    transform: self.transform,
                    values,
                    stride,
                    columns: block.columns.len(),
                    channels: self.inputs,
                    transformed: &mut place[..Self::transformed(&block, part.len())],
                    part,
                });
            }
            for panels in pieces(self.outputs / BLOCK, together) {
                let products = &mut scratch.products[..Self::POINTS * block.tiles() * panels.len() * BLOCK];
                let places = scratch.transformed.chunks(Self::transformed(&block, most));
                for (part, place) in pieces(self.inputs, most).zip(places) {
                    run(Multiply {
                        rows: &place[..Self::transformed(&block, part.len())],
                        panels: self.panels.some::<T, IN, OUT>(&panels, &part, &mut scratch.panels),
                        products,
                        count: Self::POINTS,
                        depth: part.len(),
                        spare: SPARE,
                        begun: part.start > 0,
                    });
                }
                run(FromPoints::<T, _, IN, OUT> {
                    transform: self.transform,
                    products,
                    block: &block,
                    first: panels.start,
                    panels: panels.len(),
                    sink,
                });
            }
        }
    }

    fn blocks(when: When, inputs: usize, (height, width): (usize, usize)) -> impl Iterator<Item = Block> {
        let most = match when {
            When::Once => MOST_TILES,
            When::Anew => (MOST_TRANSFORMED / (Self::POINTS * inputs)).max(MOST_TILES),
        };
        blocks(height.div_ceil(OUT), width.div_ceil(OUT), most)
    }

    /// Numbers of a part of a block's inputs at the points.
    fn transformed(block: &Block, inputs: usize) -> usize {
        Self::POINTS * (block.tiles() * inputs + SPARE)
    }
}

/// A block's inputs to the points.
struct ToPoints<'a, T, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    /// From the upper left input of the first tile on.
    values: &'a [f32],
    /// Numbers of a row of inputs.
    stride: usize,
    /// Tiles of a row.
    columns: usize,
    channels: usize,
    /// The channels to take.
    part: Range<usize>,
    /// [points, tiles, `part`], `SPARE` after each point's
    transformed: &'a mut [f32],
}

impl<T: Transform<IN, OUT>, const IN: usize, const OUT: usize> WithSimd for ToPoints<'_, T, IN, OUT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [depth, first, taken] = [self.channels, self.part.start, self.part.len()].map(|count| count / S::F32_LANES);
        let transformed = vectors_mut::<S>(self.transformed);
        let point = transformed.len() / (IN * IN);
        for tile in 0..(point - SPARE / S::F32_LANES) / taken {
            let corner = tile / self.columns * OUT * self.stride + tile % self.columns * OUT * self.channels;
            let mut rows: [&[S::f32s]; IN] = [&[]; IN];
            for (row, values) in rows.iter_mut().enumerate() {
                *values = vectors::<S>(&self.values[corner + row * self.stride..][..IN * self.channels]);
            }
            for vector in 0..taken {
                let mut half = [[simd.splat_f32s(0.0); IN]; IN];
                for (row, half) in rows.iter().zip(&mut half) {
                    let mut line = [simd.splat_f32s(0.0); IN];
                    for (column, value) in line.iter_mut().enumerate() {
                        *value = row[column * depth + first + vector];
                    }
                    *half = T::input(simd, line);
                }
                for column in 0..IN {
                    let mut line = [simd.splat_f32s(0.0); IN];
                    for (value, half) in line.iter_mut().zip(&half) {
                        *value = half[column];
                    }
                    for (row, value) in T::input(simd, line).into_iter().enumerate() {
                        transformed[(row * IN + column) * point + tile * taken + vector] = value;
                    }
                }
            }
        }
    }
}

/// A block's products at the points to outputs.
struct FromPoints<'a, T, K, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    /// [tiles, panels, points, `BLOCK`]
    products: &'a [f32],
    block: &'a Block,
    /// The first of the panels.
    first: usize,
    panels: usize,
    sink: &'a mut K,
}

impl<T: Transform<IN, OUT>, K: Sink, const IN: usize, const OUT: usize> WithSimd for FromPoints<'_, T, K, IN, OUT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = BLOCK / S::F32_LANES;
        let tiles = self.products.chunks_exact(self.panels * IN * IN * BLOCK);
        for (products, (row, column)) in tiles.zip(self.block.each()) {
            for (panel, products) in products.chunks_exact(IN * IN * BLOCK).enumerate() {
                let products = vectors::<S>(products);
                for vector in 0..width {
                    let mut half = [[simd.splat_f32s(0.0); OUT]; IN];
                    for (products, half) in products.chunks_exact(IN * width).zip(&mut half) {
                        let mut line = [simd.splat_f32s(0.0); IN];
                        for (value, products) in line.iter_mut().zip(products.chunks_exact(width)) {
                            *value = products[vector];
                        }
                        *half = T::output(simd, line);
                    }
                    // Two columns at a time: what a pooling needs.
                    for right in (0..OUT).step_by(2) {
                        let mut outputs = [[simd.splat_f32s(0.0); 2]; OUT];
                        for beside in 0..2 {
                            let mut line = [simd.splat_f32s(0.0); IN];
                            for (value, half) in line.iter_mut().zip(&half) {
                                *value = half[right + beside];
                            }
                            for (outputs, value) in outputs.iter_mut().zip(T::output(simd, line)) {
                                outputs[beside] = value;
                            }
                        }
                        let position = (row * OUT, column * OUT + right);
                        self.sink
                            .take(simd, position, (self.first + panel) * width + vector, outputs);
                    }
                }
            }
        }
    }
}
