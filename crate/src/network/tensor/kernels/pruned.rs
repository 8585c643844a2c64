//! The network cut at one layer, computing one channel per image, on kernels of our own.

use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

use super::launch::{self, Gradient, Scaling};
use super::layout::{Sides, pooled};
use super::passes::{primitive, tensor};
use super::stage::{Head, Stage, TrunkStage, scaling_numbers};
use crate::network::scaling;
use crate::network::tensor::Compute;
use crate::settings::Preprocessing;

/// What the way back needs of each stage of the trunk.
#[derive(Debug)]
pub(in crate::network::tensor) struct Tape(Vec<Kept>);

#[derive(Debug)]
struct Kept {
    /// Bits of the ReLU, or winners of the pooling.
    words: CubeTensor,
    /// Sizes at the convolution.
    sides: Sides,
}

/// The network up to one convolution, with that convolution pruned to one channel per image.
#[derive(Debug, Clone)]
pub(in crate::network::tensor) struct Pruned {
    scaling: Scaling,
    trunk: Vec<(TrunkStage, Pool)>,
    head: Head,
}

/// Whether a pooling follows a convolution of the trunk.
type Pool = bool;

impl Pruned {
    /// `stages` ends with the convolution to prune.
    pub(in crate::network::tensor) fn new(
        compute: &Compute,
        stages: &[Stage],
        channels: &[usize],
        preprocessing: Preprocessing,
    ) -> Self {
        let scaling = scaling::Scaling::of(preprocessing);
        let followed = stages.iter().zip(&stages[1..]);
        Self {
            scaling: Scaling {
                numbers: scaling_numbers(compute, scaling.factor, scaling.offset),
                swap_red_and_blue: scaling.source[0] == 2,
            },
            trunk: followed
                .map(|(stage, next)| (stage.trunk(), next.pooled_before()))
                .collect(),
            head: stages[stages.len() - 1].head(channels),
        }
    }

    /// From images [N, 3, H, W] to the pruned convolution's output, [N, 1, H', W'], after ReLU.
    pub(in crate::network::tensor) fn forward(&self, images: Tensor<4>) -> (Tensor<4>, Tape) {
        let images = primitive(images);
        let mut sides = Sides::of(&images);
        let mut maps = launch::input_maps(images, &self.scaling, sides);
        let mut tape = Vec::with_capacity(self.trunk.len());
        for (stage, pool) in &self.trunk {
            let (output, words) = launch::convolution(maps, &stage.forward, &stage.bias, sides, *pool);
            maps = output;
            tape.push(Kept { words, sides });
            sides = if *pool { pooled(&sides) } else { sides };
        }
        let output = launch::head(maps, &self.head.forward, &self.head.bias, sides);
        (tensor(output), Tape(tape))
    }

    /// From the gradient at that output, zero where its ReLU was closed, to that at the images, [N, 3, H, W].
    pub(in crate::network::tensor) fn backward(&self, gradient: Tensor<4>, tape: &Tape) -> Tensor<4> {
        let gradient = primitive(gradient);
        let sides = Sides::of(&gradient);
        let mask = |stage: usize| (!self.trunk[stage].1).then(|| &tape.0[stage].words);
        let before = |stage: usize| stage.checked_sub(1).and_then(mask);
        let last = self.trunk.len();
        let mut gradient = launch::head_backward(gradient, &self.head.backward, before(last), sides);
        for (at, (stage, pool)) in self.trunk.iter().enumerate().rev() {
            let kept = &tape.0[at];
            let here = if *pool {
                Gradient::Pooled(gradient, &kept.words)
            } else {
                Gradient::Plain(gradient)
            };
            gradient = launch::convolution_backward(here, &stage.backward, before(at), kept.sides);
        }
        let sides = tape.0.first().map_or(sides, |kept| kept.sides);
        tensor(launch::output_image(gradient, &self.scaling, sides))
    }
}

impl Sides {
    /// Those of a batch [N, C, H, W].
    fn of(batch: &CubeTensor) -> Self {
        let [images, _, height, width] = batch.meta.shape().dims();
        let side = |size: usize| size as u32;
        Self {
            images: side(images),
            height: side(height),
            width: side(width),
        }
    }
}
