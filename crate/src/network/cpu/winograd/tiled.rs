//! Convolution by tiles of one size.

use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::block::{Block, blocks};
use super::scratch::Scratch;
use super::source::Source;
use super::transform::{self, Transform};
use crate::network::cpu::kernel::Kernels;
use crate::network::cpu::multiply::Multiply;
use crate::network::cpu::simd::{BLOCK, padded, run, vectors, vectors_mut};
use crate::network::cpu::sink::Sink;

/// Tiles of a block: few enough for the cache, many enough that kernels are read seldom.
const MOST_TILES: usize = 24;

/// Kernels at the points of F(OUT x OUT, 3 x 3); IN is OUT + 2.
#[derive(Debug, Clone)]
pub(in crate::network::cpu) struct Tiled<T, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    inputs: usize,
    /// [outputs / `BLOCK`, points, inputs, `BLOCK`]
    panels: Vec<f32>,
}

impl<T: Transform<IN, OUT>, const IN: usize, const OUT: usize> Tiled<T, IN, OUT> {
    const POINTS: usize = IN * IN;

    /// Transforms the kernels, in double precision.
    pub(super) fn new(kernels: Kernels<'_>) -> Self {
        let (inputs, outputs) = (padded(kernels.inputs()), padded(kernels.outputs()));
        let mut panels = vec![0.0; outputs * Self::POINTS * inputs];
        for output in 0..kernels.outputs() {
            for input in 0..kernels.inputs() {
                let points = transform::kernel::<T, IN, OUT>(kernels.taps(output, input));
                for (point, value) in points.as_flattened().iter().enumerate() {
                    let group = (output / BLOCK * Self::POINTS + point) * inputs + input;
                    panels[group * BLOCK + output % BLOCK] = *value as f32;
                }
            }
        }
        Self {
            transform: PhantomData,
            inputs,
            panels,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.panels[..])
    }

    pub(super) fn reserve(&self, scratch: &mut Scratch, size: (usize, usize)) {
        // The first block is the largest.
        if let Some(block) = Self::blocks(size).next() {
            scratch.reserve(
                Self::POINTS * block.tiles() * self.inputs,
                Self::POINTS * block.tiles() * BLOCK,
                (block.rows.len() * OUT + 2) * (block.columns.len() * OUT + 2) * self.inputs,
            );
        }
    }

    pub(super) fn convolve(&self, source: &Source<'_>, scratch: &mut Scratch, sink: &mut impl Sink) {
        for block in Self::blocks(source.size()) {
            let (values, stride) = source.view(&block, OUT, &mut scratch.band);
            let transformed = &mut scratch.transformed[..Self::POINTS * block.tiles() * self.inputs];
            run(ToPoints::<T, IN, OUT> {
                transform: self.transform,
                values,
                stride,
                columns: block.columns.len(),
                channels: self.inputs,
                transformed,
            });
            let products = &mut scratch.products[..Self::POINTS * block.tiles() * BLOCK];
            let panels = self.panels.chunks_exact(Self::POINTS * self.inputs * BLOCK);
            for (panel, panels) in panels.enumerate() {
                run(Multiply {
                    rows: transformed,
                    panels,
                    products,
                    depth: self.inputs,
                });
                run(FromPoints::<T, _, IN, OUT> {
                    transform: self.transform,
                    products,
                    block: &block,
                    panel,
                    sink,
                });
            }
        }
    }

    fn blocks((height, width): (usize, usize)) -> impl Iterator<Item = Block> {
        blocks(height.div_ceil(OUT), width.div_ceil(OUT), MOST_TILES)
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
    /// [points, tiles, channels]
    transformed: &'a mut [f32],
}

impl<T: Transform<IN, OUT>, const IN: usize, const OUT: usize> WithSimd for ToPoints<'_, T, IN, OUT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let depth = self.channels / S::F32_LANES;
        let transformed = vectors_mut::<S>(self.transformed);
        let point = transformed.len() / (IN * IN);
        for tile in 0..point / depth {
            let corner = tile / self.columns * OUT * self.stride + tile % self.columns * OUT * self.channels;
            let rows: [&[S::f32s]; IN] = std::array::from_fn(|row| {
                vectors::<S>(&self.values[corner + row * self.stride..][..IN * self.channels])
            });
            for vector in 0..depth {
                let mut inputs = [[simd.splat_f32s(0.0); IN]; IN];
                for (row, inputs) in rows.iter().zip(&mut inputs) {
                    for (column, input) in inputs.iter_mut().enumerate() {
                        *input = row[column * depth + vector];
                    }
                }
                let points = transform::input::<S, T, IN, OUT>(simd, inputs);
                for (number, value) in points.as_flattened().iter().enumerate() {
                    transformed[number * point + tile * depth + vector] = *value;
                }
            }
        }
    }
}

/// A panel's products at the points to outputs.
struct FromPoints<'a, T, K, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    /// [points, tiles, `BLOCK`]
    products: &'a [f32],
    block: &'a Block,
    panel: usize,
    sink: &'a mut K,
}

impl<T: Transform<IN, OUT>, K: Sink, const IN: usize, const OUT: usize> WithSimd for FromPoints<'_, T, K, IN, OUT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = BLOCK / S::F32_LANES;
        let products = vectors::<S>(self.products);
        let point = products.len() / (IN * IN);
        for (tile, (row, column)) in self.block.each().enumerate() {
            for vector in 0..width {
                let at = tile * width + vector;
                let mut inputs = [[simd.splat_f32s(0.0); IN]; IN];
                for (number, input) in inputs.as_flattened_mut().iter_mut().enumerate() {
                    *input = products[number * point + at];
                }
                let outputs = transform::output::<S, T, IN, OUT>(simd, inputs);
                let vector = self.panel * width + vector;
                self.sink.take(simd, (row * OUT, column * OUT), vector, outputs);
            }
        }
    }
}
