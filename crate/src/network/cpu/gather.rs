//! 3 x 3 convolutions from many channels to very few: to the one that is asked for, and back to the image's three.
//! Vectors run along the channels read, and are summed up at the end.

use pulp::{Simd, WithSimd};

use super::kernel::Kernels;
use super::map::Map;
use super::simd::{lanes, padded, run, vectors};

/// A convolution that writes OUTPUTS channels.
#[derive(Debug, Clone)]
pub(super) struct Gather<const OUTPUTS: usize> {
    /// [rows of taps, vectors of inputs, taps of a row, OUTPUTS, numbers of a vector]
    weights: Vec<f32>,
}

impl<const OUTPUTS: usize> Gather<OUTPUTS> {
    pub(super) fn new(kernels: Kernels<'_>) -> Self {
        let lanes = lanes();
        let vectors = padded(kernels.inputs()) / lanes;
        let mut weights = vec![0.0; 9 * vectors * OUTPUTS * lanes];
        for output in 0..OUTPUTS {
            for input in 0..kernels.inputs() {
                for (tap, weight) in kernels.taps(output, input).as_flattened().iter().enumerate() {
                    let group = (tap / 3 * vectors + input / lanes) * 3 + tap % 3;
                    weights[(group * OUTPUTS + output) * lanes + input % lanes] = *weight;
                }
            }
        }
        Self { weights }
    }

    /// Convolves a map; `outputs` is [height, width, OUTPUTS].
    pub(super) fn convolve(&self, map: &Map, outputs: &mut [f32]) {
        run(Rows {
            gather: self,
            map,
            outputs,
        });
    }
}

struct Rows<'a, const OUTPUTS: usize> {
    gather: &'a Gather<OUTPUTS>,
    map: &'a Map,
    outputs: &'a mut [f32],
}

impl<const OUTPUTS: usize> WithSimd for Rows<'_, OUTPUTS> {
    type Output = ();

    /// As many positions at a time as keep the sums in registers.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if OUTPUTS == 1 {
            self.grouped::<S, 4, 6>(simd);
        } else {
            self.grouped::<S, 2, 4>(simd);
        }
    }
}

impl<const OUTPUTS: usize> Rows<'_, OUTPUTS> {
    /// POSITIONS at a time, a divisor of the tile that maps are padded to, which read REACH = POSITIONS + 2.
    #[inline(always)]
    fn grouped<S: Simd, const POSITIONS: usize, const REACH: usize>(self, simd: S) {
        let rows = self.outputs.chunks_exact_mut(self.map.width() * OUTPUTS);
        for (y, outputs) in rows.enumerate() {
            for (group, outputs) in outputs.chunks_mut(POSITIONS * OUTPUTS).enumerate() {
                let x = group * POSITIONS;
                let sums = sums::<S, POSITIONS, REACH, OUTPUTS>(simd, self.map, (y, x), &self.gather.weights);
                for (output, sum) in outputs.iter_mut().zip(sums.as_flattened()) {
                    *output = simd.reduce_sum_f32s(*sum);
                }
            }
        }
    }
}

/// Outputs of neighbouring positions, still a vector each.
#[inline(always)]
fn sums<S: Simd, const POSITIONS: usize, const REACH: usize, const OUTPUTS: usize>(
    simd: S,
    map: &Map,
    (y, x): (usize, usize),
    weights: &[f32],
) -> [[S::f32s; OUTPUTS]; POSITIONS] {
    let depth = map.channels() / S::F32_LANES;
    let weights = vectors::<S>(weights).as_chunks::<OUTPUTS>().0.as_chunks::<3>().0;
    let mut sums = [[simd.splat_f32s(0.0); OUTPUTS]; POSITIONS];
    for (row, weights) in weights.chunks_exact(depth).enumerate() {
        let inputs = vectors::<S>(&map.around(y + row, x)[..REACH * map.channels()]);
        for (vector, weights) in weights.iter().enumerate() {
            let mut reached = [simd.splat_f32s(0.0); REACH];
            for (column, input) in reached.iter_mut().enumerate() {
                *input = inputs[column * depth + vector];
            }
            for (tap, weights) in weights.iter().enumerate() {
                for (output, weight) in weights.iter().enumerate() {
                    for position in 0..POSITIONS {
                        let sum = &mut sums[position][output];
                        *sum = simd.mul_add_e_f32s(reached[position + tap], *weight, *sum);
                    }
                }
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::kernel::Direction;
    use super::super::twin::{SIZES, assert_near, convolution, maps, stored};
    use super::*;
    use crate::reference::{self, Maps};

    fn compare<const OUTPUTS: usize>(inputs: usize, size: (usize, usize)) {
        let weights = convolution(1, OUTPUTS, inputs);
        let gather = Gather::<OUTPUTS>::new(Kernels {
            convolution: &weights,
            direction: Direction::Backward,
        });
        let gradient = maps(2, inputs, size);
        let positions = size.0 * size.1;
        let mut outputs = vec![f32::NAN; positions * OUTPUTS];
        gather.convolve(&stored(&gradient), &mut outputs);
        let ours = Maps {
            channels: OUTPUTS,
            values: (0..outputs.len())
                .map(|at| outputs[at % positions * OUTPUTS + at / positions].into())
                .collect(),
            ..gradient.clone()
        };
        let x = Maps {
            channels: OUTPUTS,
            ..gradient.clone()
        };
        let open = Maps {
            values: vec![1.0; gradient.values.len()],
            ..gradient.clone()
        };
        let right = reference::convolution_backward(&x, &open, &weights, &gradient);
        assert_near(&format!("{inputs} to {OUTPUTS} at {size:?}"), &ours, &right, 1e-6);
    }

    #[test]
    fn outputs_are_the_reference_s_at_odd_sizes() {
        for inputs in [1, 5, 16, 64] {
            for size in SIZES {
                compare::<1>(inputs, size);
                compare::<3>(inputs, size);
            }
        }
    }
}
