//! 3 x 3 convolutions from very few channels to many: from the image's three, and back from the one that is asked for.
//! Too little is shared between tiles for Winograd; sums stay in registers over all taps.

use pulp::{Simd, WithSimd};

use super::kernel::Kernels;
use super::map::Map;
use super::simd::{BLOCK, padded, run, vectors};
use super::sink::Sink;

/// A convolution that reads INPUTS channels.
#[derive(Debug, Clone)]
pub(super) struct Spread<const INPUTS: usize> {
    /// [outputs / `BLOCK`, taps, INPUTS, `BLOCK`]
    panels: Vec<f32>,
}

impl<const INPUTS: usize> Spread<INPUTS> {
    pub(super) fn new(kernels: Kernels<'_>) -> Self {
        let mut panels = vec![0.0; padded(kernels.outputs()) * 9 * INPUTS];
        for output in 0..kernels.outputs() {
            for input in 0..INPUTS {
                for (tap, weight) in kernels.taps(output, input).as_flattened().iter().enumerate() {
                    let at = ((output / BLOCK * 9 + tap) * INPUTS + input) * BLOCK + output % BLOCK;
                    panels[at] = *weight;
                }
            }
        }
        Self { panels }
    }

    /// Convolves a map of INPUTS channels and hands every output to the sink.
    pub(super) fn convolve(&self, map: &Map, sink: &mut impl Sink) {
        run(Rows {
            spread: self,
            map,
            sink,
        });
    }
}

struct Rows<'a, K, const INPUTS: usize> {
    spread: &'a Spread<INPUTS>,
    map: &'a Map,
    sink: &'a mut K,
}

impl<K: Sink, const INPUTS: usize> WithSimd for Rows<'_, K, INPUTS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            8 => self.tiled::<S, 4, 2>(simd),
            4 => self.tiled::<S, 2, 4>(simd),
            _ => self.tiled::<S, 1, 16>(simd),
        }
    }
}

impl<K: Sink, const INPUTS: usize> Rows<'_, K, INPUTS> {
    /// POSITIONS at a time: a divisor of the tile that maps are padded to.
    #[inline(always)]
    fn tiled<S: Simd, const POSITIONS: usize, const VECTORS: usize>(self, simd: S) {
        for y in 0..self.map.height() {
            for (panel, weights) in self.spread.panels.chunks_exact(9 * INPUTS * BLOCK).enumerate() {
                let weights = vectors::<S>(weights).as_chunks::<VECTORS>().0;
                for x in (0..self.map.width()).step_by(POSITIONS) {
                    let sums = sums::<S, POSITIONS, VECTORS, INPUTS>(simd, self.map, (y, x), weights);
                    for vector in 0..VECTORS {
                        let mut outputs = [[simd.splat_f32s(0.0); POSITIONS]];
                        for (output, sums) in outputs[0].iter_mut().zip(&sums) {
                            *output = sums[vector];
                        }
                        self.sink.take(simd, (y, x), panel * VECTORS + vector, outputs);
                    }
                }
            }
        }
    }
}

/// Outputs of neighbouring positions. The inputs of the three taps of a row lie side by side.
#[inline(always)]
fn sums<S: Simd, const POSITIONS: usize, const VECTORS: usize, const INPUTS: usize>(
    simd: S,
    map: &Map,
    (y, x): (usize, usize),
    weights: &[[S::f32s; VECTORS]],
) -> [[S::f32s; VECTORS]; POSITIONS] {
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; POSITIONS];
    for (row, weights) in weights.chunks_exact(3 * INPUTS).enumerate() {
        let inputs = &map.around(y + row, x)[..(POSITIONS + 2) * INPUTS];
        for (at, weights) in weights.iter().enumerate() {
            for (position, sums) in sums.iter_mut().enumerate() {
                let input = simd.splat_f32s(inputs[position * INPUTS + at]);
                for (weight, sum) in weights.iter().zip(sums) {
                    *sum = simd.mul_add_e_f32s(input, *weight, *sum);
                }
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::kernel::Direction;
    use super::super::sink::Rectified;
    use super::super::twin::{SIZES, assert_near, convolution, maps, read, write};
    use super::*;
    use crate::reference;

    fn compare<const INPUTS: usize>(outputs: usize, size: (usize, usize)) {
        let weights = convolution(1, INPUTS, outputs);
        let spread = Spread::<INPUTS>::new(Kernels {
            convolution: &weights,
            direction: Direction::Forward,
        });
        let x = maps(2, INPUTS, size);
        let mut input = Map::new(size.0, size.1, INPUTS);
        write(&x, &mut input);
        let mut output = Map::new(size.0, size.1, padded(outputs));
        let mut bias = weights.bias.clone();
        bias.resize(padded(outputs), 0.0);
        spread.convolve(&input, &mut Rectified { map: &mut output, bias: &bias });
        let what = format!("{INPUTS} to {outputs} at {size:?}");
        assert_near(&what, &read(&output, outputs), &reference::convolution(&x, &weights), 1e-6);
    }

    #[test]
    fn outputs_are_the_reference_s_at_odd_sizes() {
        for outputs in [1, 5, 16, 64] {
            for size in SIZES {
                compare::<1>(outputs, size);
                compare::<3>(outputs, size);
            }
        }
    }
}
