//! The pruned network on burn's own operations: in any arithmetic, on any device.

use burn::tensor::Tensor;

use super::Compute;
use super::preprocessing::InputScaling;
use super::stage::{Head, Pooled, Stage, pool, through_relu};
use crate::settings::Preprocessing;

/// What [`Plain::forward`] keeps for the way back.
#[derive(Debug)]
pub(super) struct Tape {
    /// Output of each convolution but the last, after ReLU.
    outputs: Vec<Tensor<4>>,
    /// Poolings, in order.
    poolings: Vec<Pooled>,
}

/// The network up to one convolution, with that convolution pruned to one channel per image.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    scaling: InputScaling,
    trunk: Vec<Stage>,
    head_pooled_before: bool,
    head: Head,
}

impl Plain {
    /// `stages` ends with the convolution to prune.
    pub(super) fn new(compute: &Compute, stages: &[Stage], channels: &[usize], preprocessing: Preprocessing) -> Self {
        let (last, trunk) = (&stages[stages.len() - 1], &stages[..stages.len() - 1]);
        Self {
            scaling: InputScaling::new(compute, preprocessing),
            trunk: trunk.to_vec(),
            head_pooled_before: last.pooled_before(),
            head: last.head(channels),
        }
    }

    /// From images [N, 3, H, W] to the pruned convolution's output, [N, 1, H', W'], after ReLU.
    pub(super) fn forward(&self, images: Tensor<4>) -> (Tensor<4>, Tape) {
        let mut x = self.scaling.forward(images);
        let (mut outputs, mut poolings) = (Vec::with_capacity(self.trunk.len()), Vec::new());
        for stage in &self.trunk {
            x = stage.forward(pool_if(stage.pooled_before(), x, &mut poolings));
            outputs.push(x.clone());
        }
        let head = self.head.forward(pool_if(self.head_pooled_before, x, &mut poolings));
        (head, Tape { outputs, poolings })
    }

    /// From the gradient at that output, zero where its ReLU was closed, to that at the images, [N, 3, H, W].
    pub(super) fn backward(&self, gradient: Tensor<4>, mut tape: Tape) -> Tensor<4> {
        let mut gradient = self.head.backward(gradient);
        gradient = unpool_if(self.head_pooled_before, gradient, &mut tape.poolings);
        for (stage, output) in self.trunk.iter().zip(tape.outputs).rev() {
            gradient = stage.backward(through_relu(gradient, output));
            gradient = unpool_if(stage.pooled_before(), gradient, &mut tape.poolings);
        }
        self.scaling.backward(gradient)
    }
}

fn pool_if(wanted: bool, x: Tensor<4>, poolings: &mut Vec<Pooled>) -> Tensor<4> {
    if !wanted {
        return x;
    }
    let (pooled, choices) = pool(x);
    poolings.push(choices);
    pooled
}

fn unpool_if(wanted: bool, gradient: Tensor<4>, poolings: &mut Vec<Pooled>) -> Tensor<4> {
    match wanted.then(|| poolings.pop()).flatten() {
        Some(pooled) => pooled.backward(gradient),
        None => gradient,
    }
}
