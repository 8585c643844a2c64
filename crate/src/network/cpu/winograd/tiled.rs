//! Convolution by tiles of one size.

use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::block::{Block, blocks};
use super::scratch::Scratch;
use super::source::Source;
use super::transform::{Transform, kernel};
use crate::network::cpu::kernel::Kernels;
use crate::network::cpu::multiply::Multiply;
use crate::network::cpu::simd::{BLOCK, padded, run, vectors, vectors_mut};
use crate::network::cpu::sink::Sink;

/// Tiles of a block: few enough that what is between the transforms stays near, many enough that kernels are read seldom.
const MOST_TILES: usize = 32;

/// Kernels at the points of F(OUT x OUT, 3 x 3); IN is OUT + 2.
#[derive(Debug, Clone)]
pub(in crate::network::cpu) struct Tiled<T, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    inputs: usize,
    outputs: usize,
    /// [points, outputs / `BLOCK`, inputs, `BLOCK`]
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
                let points = kernel::<T, IN, OUT>(kernels.taps(output, input));
                for (point, value) in points.as_flattened().iter().enumerate() {
                    let group = (point * outputs / BLOCK + output / BLOCK) * inputs + input;
                    panels[group * BLOCK + output % BLOCK] = *value as f32;
                }
            }
        }
        Self {
            transform: PhantomData,
            inputs,
            outputs,
            panels,
        }
    }

    pub(super) fn reserve(&self, scratch: &mut Scratch, size: (usize, usize)) {
        // The first block is the largest.
        if let Some(block) = Self::blocks(size).next() {
            scratch.reserve(
                Self::POINTS * block.tiles() * self.inputs,
                Self::POINTS * block.tiles() * self.outputs,
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
            let products = &mut scratch.products[..Self::POINTS * block.tiles() * self.outputs];
            run(Multiply {
                rows: transformed,
                panels: &self.panels,
                products,
                count: Self::POINTS,
                depth: self.inputs,
            });
            run(FromPoints::<T, _, IN, OUT> {
                transform: self.transform,
                products,
                block: &block,
                outputs: self.outputs,
                sink,
            });
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
            let mut rows: [&[S::f32s]; IN] = [&[]; IN];
            for (row, values) in rows.iter_mut().enumerate() {
                *values = vectors::<S>(&self.values[corner + row * self.stride..][..IN * self.channels]);
            }
            for vector in 0..depth {
                let mut half = [[simd.splat_f32s(0.0); IN]; IN];
                for (row, half) in rows.iter().zip(&mut half) {
                    let mut line = [simd.splat_f32s(0.0); IN];
                    for (column, value) in line.iter_mut().enumerate() {
                        *value = row[column * depth + vector];
                    }
                    *half = T::input(simd, line);
                }
                for column in 0..IN {
                    let mut line = [simd.splat_f32s(0.0); IN];
                    for (value, half) in line.iter_mut().zip(&half) {
                        *value = half[column];
                    }
                    for (row, value) in T::input(simd, line).into_iter().enumerate() {
                        transformed[(row * IN + column) * point + tile * depth + vector] = value;
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
    outputs: usize,
    sink: &'a mut K,
}

impl<T: Transform<IN, OUT>, K: Sink, const IN: usize, const OUT: usize> WithSimd for FromPoints<'_, T, K, IN, OUT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = BLOCK / S::F32_LANES;
        let tiles = self.products.chunks_exact(self.outputs * IN * IN);
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
                        self.sink.take(simd, position, panel * width + vector, outputs);
                    }
                }
            }
        }
    }
}
