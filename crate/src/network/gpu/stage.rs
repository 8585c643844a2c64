//! Weights on the GPU, in the order in which the kernels read them.

use burn_cubecl::tensor::CubeTensor;

use super::Gpu;
use super::launch::{self, Rows, Weights};
use crate::vgg16::pooled_before;
use crate::weights::Convolution;

/// One convolution, both ways round.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// [I, 9, O], O filled up with zeros to whole octets.
    pub(super) forward: Weights,
    /// [O], filled up.
    pub(super) bias: CubeTensor,
    /// [O, 9, I], turned by 180 degrees, I filled up: to four for the image, whose gradient nothing masks.
    pub(super) backward: Weights,
    pub(super) pooled_before: bool,
}

/// The last stage, one channel per image.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// [N, I, 9]
    pub(super) forward: CubeTensor,
    /// [N]
    pub(super) bias: CubeTensor,
    /// [N, 9, I], turned, I filled up.
    pub(super) backward: Weights,
}

impl Stage {
    pub(super) fn new(gpu: &Gpu, ordinal: usize, weights: &Convolution) -> Self {
        let (outputs, inputs) = (weights.out_channels, weights.in_channels);
        let filled_outputs = outputs.next_multiple_of(8);
        let filled_inputs = inputs.next_multiple_of(if ordinal == 0 { 4 } else { 8 });
        let mut forward = vec![0.0; inputs * 9 * filled_outputs];
        let mut backward = vec![0.0; outputs * 9 * filled_inputs];
        for (at, &weight) in weights.weight.iter().enumerate() {
            let (output, input, tap) = (at / 9 / inputs, at / 9 % inputs, at % 9);
            forward[(input * 9 + tap) * filled_outputs + output] = weight;
            backward[(output * 9 + 8 - tap) * filled_inputs + input] = weight;
        }
        let mut bias = weights.bias.clone();
        bias.resize(filled_outputs, 0.0);
        Self {
            forward: Weights(gpu.upload(forward, [inputs, 9, filled_outputs])),
            bias: gpu.upload(bias, [filled_outputs]),
            backward: Weights(gpu.upload(backward, [outputs, 9, filled_inputs])),
            pooled_before: pooled_before(ordinal),
        }
    }

    /// The stage reduced to one output channel per image.
    pub(super) fn head(&self, gpu: &Gpu, channels: &[usize]) -> Head {
        let picked = gpu.upload_words(channels.iter().map(|&channel| channel as u32).collect());
        let images = channels.len();
        let [inputs, taps, outputs] = self.forward.0.meta.shape().dims();
        let [_, _, filled_inputs] = self.backward.0.meta.shape().dims();
        let columns = Rows {
            length: inputs * taps,
            from_row: 1,
            from_value: outputs,
        };
        let single = Rows {
            length: 1,
            from_row: 1,
            from_value: 1,
        };
        let rows = Rows {
            length: taps * filled_inputs,
            from_row: taps * filled_inputs,
            from_value: 1,
        };
        Head {
            forward: launch::pick(&self.forward.0, &picked, columns, [images, inputs, taps]),
            bias: launch::pick(&self.bias, &picked, single, [images]),
            backward: Weights(launch::pick(
                &self.backward.0,
                &picked,
                rows,
                [images, taps, filled_inputs],
            )),
        }
    }
}

/// Input scaling for the kernels: three factors and three offsets.
pub(super) fn scaling_numbers(gpu: &Gpu, factor: [f64; 3], offset: [f64; 3]) -> CubeTensor {
    let numbers = factor.into_iter().chain(offset).map(|number| number as f32).collect();
    gpu.upload(numbers, [6])
}
