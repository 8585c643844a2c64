//! The network cut at one layer, computing one channel per image.

use burn::tensor::Tensor;

use super::Compute;
use super::preprocessing::InputScaling;
use super::stage::{Head, Pooled, Stage, pool, through_relu};
use crate::settings::Preprocessing;
use crate::vgg16::Layer;

/// What [`Pruned::forward`] keeps for the way back.
#[derive(Debug)]
pub struct Tape {
    /// Output of each convolution but the last, after ReLU.
    outputs: Vec<Tensor<4>>,
    /// Poolings, in order.
    poolings: Vec<Pooled>,
    /// Output of the last convolution, [N, 1, H, W].
    head: Tensor<4>,
}

/// The network up to one layer, with its last convolution pruned to one channel per image.
#[derive(Debug, Clone)]
pub struct Pruned {
    scaling: InputScaling,
    trunk: Vec<Stage>,
    head_pooled_before: bool,
    head: Head,
    pooled_after: bool,
}

impl Pruned {
    /// `stages` ends with the convolution that `layer` is or pools.
    pub(super) fn new(
        compute: &Compute,
        stages: &[Stage],
        layer: &Layer,
        channels: &[usize],
        preprocessing: Preprocessing,
    ) -> Self {
        let (last, trunk) = (&stages[stages.len() - 1], &stages[..stages.len() - 1]);
        Self {
            scaling: InputScaling::new(compute, preprocessing),
            trunk: trunk.to_vec(),
            head_pooled_before: last.pooled_before(),
            head: last.head(channels),
            pooled_after: !layer.is_convolution(),
        }
    }

    /// From images [N, 3, H, W] to feature maps [N, 1, H', W'], one channel per image, after ReLU.
    pub fn forward(&self, images: Tensor<4>) -> (Tensor<4>, Tape) {
        let mut x = self.scaling.forward(images);
        let (mut outputs, mut poolings) = (Vec::with_capacity(self.trunk.len()), Vec::new());
        for stage in &self.trunk {
            x = stage.forward(pool_if(stage.pooled_before(), x, &mut poolings));
            outputs.push(x.clone());
        }
        let head = self.head.forward(pool_if(self.head_pooled_before, x, &mut poolings));
        let feature_maps = pool_if(self.pooled_after, head.clone(), &mut poolings);
        (
            feature_maps,
            Tape {
                outputs,
                poolings,
                head,
            },
        )
    }

    /// From the gradient with respect to the feature maps to the gradient with respect to the images, [N, 3, H, W].
    pub fn backward(&self, mut tape: Tape, gradient: Tensor<4>) -> Tensor<4> {
        let gradient = unpool_if(self.pooled_after, gradient, &mut tape.poolings);
        let mut gradient = self.head.backward(through_relu(gradient, tape.head));
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
