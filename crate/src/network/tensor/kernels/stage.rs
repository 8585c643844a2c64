//! Weights on the GPU, in the order in which the kernels read them.

use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

use super::launch::Weights;
use super::passes::primitive;
use crate::network::tensor::Compute;
use crate::vgg16::pooled_before;
use crate::weights::Convolution;

/// One convolution, both ways round.
#[derive(Debug, Clone)]
pub(in crate::network::tensor) struct Stage {
    /// [I, 9, O], O filled up with zeros to whole octets.
    forward: Tensor<3>,
    /// [O], filled up.
    bias: Tensor<1>,
    /// [O, 9, I], turned by 180 degrees, I filled up: to four for the image, whose gradient nothing masks.
    backward: Tensor<3>,
    pooled_before: bool,
}

/// A stage of the trunk, as kernels take it.
#[derive(Debug, Clone)]
pub(super) struct TrunkStage {
    pub(super) forward: Weights,
    pub(super) bias: CubeTensor,
    pub(super) backward: Weights,
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
    pub(in crate::network::tensor) fn new(compute: &Compute, ordinal: usize, weights: &Convolution) -> Self {
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
            forward: compute.tensor(forward, [inputs, 9, filled_outputs]),
            bias: compute.tensor(bias, [filled_outputs]),
            backward: compute.tensor(backward, [outputs, 9, filled_inputs]),
            pooled_before: pooled_before(ordinal),
        }
    }

    pub(super) const fn pooled_before(&self) -> bool {
        self.pooled_before
    }

    pub(super) fn trunk(&self) -> TrunkStage {
        TrunkStage {
            forward: Weights(primitive(self.forward.clone())),
            bias: primitive(self.bias.clone()),
            backward: Weights(primitive(self.backward.clone())),
        }
    }

    /// The stage reduced to one output channel per image.
    pub(super) fn head(&self, channels: &[usize]) -> Head {
        let columns = channels
            .iter()
            .map(|&channel| self.forward.clone().narrow(2, channel, 1));
        let biases = channels.iter().map(|&channel| self.bias.clone().narrow(0, channel, 1));
        let rows = channels
            .iter()
            .map(|&channel| self.backward.clone().narrow(0, channel, 1));
        let forward = Tensor::cat(columns.collect(), 2).permute([2, 0, 1]);
        Head {
            forward: primitive(forward),
            bias: primitive(Tensor::cat(biases.collect(), 0)),
            backward: Weights(primitive(Tensor::cat(rows.collect(), 0))),
        }
    }
}

/// Input scaling for the kernels: three factors and three offsets.
pub(super) fn scaling_numbers(compute: &Compute, factor: [f64; 3], offset: [f64; 3]) -> CubeTensor {
    let numbers = factor.into_iter().chain(offset).map(|number| number as f32).collect();
    primitive(compute.tensor::<1>(numbers, [6]))
}
