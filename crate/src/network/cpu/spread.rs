//! 3 x 3 convolutions from very few channels to many: from the image's three, and back from the one that is asked for.
//! Too little is shared between tiles for Winograd; sums stay in registers over all taps.

use pulp::{Simd, WithSimd};

use super::kernel::Kernels;
use super::map::Map;
use super::simd::{BLOCK, padded, run, vectors};
use super::sink::Sink;

/// A convolution that reads few channels.
#[derive(Debug, Clone)]
pub(super) struct Spread {
    inputs: usize,
    /// [outputs / `BLOCK`, taps, inputs, `BLOCK`]
    panels: Vec<f32>,
}

impl Spread {
    pub(super) fn new(kernels: Kernels<'_>) -> Self {
        let inputs = kernels.inputs();
        let mut panels = vec![0.0; padded(kernels.outputs()) * 9 * inputs];
        for output in 0..kernels.outputs() {
            for input in 0..inputs {
                for (tap, weight) in kernels.taps(output, input).as_flattened().iter().enumerate() {
                    let at = ((output / BLOCK * 9 + tap) * inputs + input) * BLOCK + output % BLOCK;
                    panels[at] = *weight;
                }
            }
        }
        Self { inputs, panels }
    }

    /// Convolves a map of as many channels, without any that pad, and hands every output to the sink.
    pub(super) fn convolve(&self, map: &Map, sink: &mut impl Sink) {
        run(Rows {
            spread: self,
            map,
            sink,
        });
    }
}

struct Rows<'a, K> {
    spread: &'a Spread,
    map: &'a Map,
    sink: &'a mut K,
}

impl<K: Sink> WithSimd for Rows<'_, K> {
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

impl<K: Sink> Rows<'_, K> {
    /// POSITIONS at a time: a divisor of the tile that maps are padded to.
    #[inline(always)]
    fn tiled<S: Simd, const POSITIONS: usize, const VECTORS: usize>(self, simd: S) {
        let inputs = self.spread.inputs;
        for y in 0..self.map.height() {
            for (panel, weights) in self.spread.panels.chunks_exact(9 * inputs * BLOCK).enumerate() {
                let weights = vectors::<S>(weights).as_chunks::<VECTORS>().0;
                for x in (0..self.map.width()).step_by(POSITIONS) {
                    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; POSITIONS];
                    for (row, weights) in weights.chunks_exact(3 * inputs).enumerate() {
                        add_row(simd, &mut sums, self.map.around(y + row, x), inputs, weights);
                    }
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

/// Adds what a row of taps gives neighbouring positions. The inputs of its three taps lie side by side.
#[inline(always)]
fn add_row<S: Simd, const POSITIONS: usize, const VECTORS: usize>(
    simd: S,
    sums: &mut [[S::f32s; VECTORS]; POSITIONS],
    values: &[f32],
    inputs: usize,
    weights: &[[S::f32s; VECTORS]],
) {
    let mut each: [&[f32]; POSITIONS] = [&[]; POSITIONS];
    for (position, inputs_of) in each.iter_mut().enumerate() {
        *inputs_of = &values[position * inputs..][..weights.len()];
    }
    for (at, weights) in weights.iter().enumerate() {
        for position in 0..POSITIONS {
            let input = simd.splat_f32s(each[position][at]);
            for vector in 0..VECTORS {
                sums[position][vector] = simd.mul_add_e_f32s(input, weights[vector], sums[position][vector]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernel::Direction;
    use super::super::sink::Rectified;
    use super::super::twin::{SIZES, assert_near, convolution, maps, read, write};
    use super::*;
    use crate::reference;

    fn compare(inputs: usize, outputs: usize, size: (usize, usize)) {
        let weights = convolution(1, inputs, outputs);
        let spread = Spread::new(Kernels {
            convolution: &weights,
            direction: Direction::Forward,
        });
        let x = maps(2, inputs, size);
        let mut input = Map::new(size.0, size.1, inputs);
        write(&x, &mut input);
        let mut output = Map::new(size.0, size.1, padded(outputs));
        let mut bias = weights.bias.clone();
        bias.resize(padded(outputs), 0.0);
        spread.convolve(
            &input,
            &mut Rectified {
                map: &mut output,
                bias: &bias,
            },
        );
        let what = format!("{inputs} to {outputs} at {size:?}");
        assert_near(
            &what,
            &read(&output, outputs),
            &reference::convolution(&x, &weights),
            1e-6,
        );
    }

    #[test]
    fn outputs_are_the_reference_s_at_odd_sizes() {
        for outputs in [1, 5, 16, 64] {
            for size in SIZES {
                for inputs in [1, 2, 3] {
                    compare(inputs, outputs, size);
                }
            }
        }
    }
}
