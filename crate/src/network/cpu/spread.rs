//! 3 x 3 convolutions from very few channels to many: from the image's three, and back from the one that is asked for.
//! Too little is shared between tiles for Winograd: the inputs of each position are laid side by side and multiplied.

use pulp::{Simd, WithSimd};

use super::kernel::Kernels;
use super::map::Map;
use super::multiply::Multiply;
use super::simd::{BLOCK, padded, run, vectors};
use super::sink::RowSink;

/// A convolution that reads INPUTS channels.
#[derive(Debug, Clone)]
pub(super) struct Spread<const INPUTS: usize> {
    /// [outputs / `BLOCK`, taps, INPUTS, `BLOCK`]
    panels: Vec<f32>,
}

/// Room for one row of positions.
#[derive(Debug)]
pub(super) struct Row {
    /// [width, taps, INPUTS]
    patches: Vec<f32>,
    /// [width, outputs]
    products: Vec<f32>,
}

impl<const INPUTS: usize> Spread<INPUTS> {
    pub(super) fn new(kernels: Kernels<'_>) -> Self {
        let outputs = padded(kernels.outputs());
        let mut panels = vec![0.0; outputs * 9 * INPUTS];
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

    /// Convolves a map that has as many channels, and none that pad, and hands each row of outputs to the sink.
    pub(super) fn convolve(&self, map: &Map, row: &mut Row, sink: &mut impl RowSink) {
        for y in 0..map.height() {
            row.gather_patches::<INPUTS>(map, y);
            run(Multiply {
                rows: &row.patches,
                panels: &self.panels,
                products: &mut row.products,
                count: 1,
                depth: 9 * INPUTS,
                spare: 0,
                begun: false,
            });
            run(Handover {
                outputs: &row.products,
                y,
                sink,
            });
        }
    }
}

impl Row {
    /// Room for maps of this width, from `inputs` channels to `outputs`, those that pad included.
    pub(super) fn new(width: usize, inputs: usize, outputs: usize) -> Self {
        Self {
            patches: vec![0.0; width * 9 * inputs],
            products: vec![0.0; width * outputs],
        }
    }

    /// Bytes that one takes.
    pub(super) const fn bytes_of(width: usize, inputs: usize, outputs: usize) -> usize {
        (width * 9 * inputs + width * outputs) * size_of::<f32>()
    }

    /// The inputs that each position of row `y` reads.
    fn gather_patches<const INPUTS: usize>(&mut self, map: &Map, y: usize) {
        let patches = self.patches.as_chunks_mut::<INPUTS>().0.as_chunks_mut::<3>().0;
        let patches = patches.as_chunks_mut::<3>().0;
        for below in 0..3 {
            let inputs = map.around(y + below, 0).as_chunks::<INPUTS>().0;
            for (patch, neighbours) in patches.iter_mut().zip(inputs.array_windows::<3>()) {
                patch[below] = *neighbours;
            }
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.patches[..]) + size_of_val(&self.products[..])
    }
}

struct Handover<'a, K> {
    outputs: &'a [f32],
    y: usize,
    sink: &'a mut K,
}

impl<K: RowSink> WithSimd for Handover<'_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.sink.take_row(simd, self.y, vectors::<S>(self.outputs));
    }
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
        spread.convolve(
            &input,
            &mut Row::new(size.1, INPUTS, padded(outputs)),
            &mut Rectified {
                map: &mut output,
                bias: &bias,
            },
        );
        let what = format!("{INPUTS} to {outputs} at {size:?}");
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
                compare::<1>(outputs, size);
                compare::<3>(outputs, size);
            }
        }
    }
}
