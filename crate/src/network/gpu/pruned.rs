//! The network cut at one layer, computing one channel per image.

use burn_cubecl::tensor::CubeTensor;

use super::Gpu;
use super::launch::{self, Gradient, Scaling, Sums};
use super::layout::{Sides, pooled};
use super::stage::{Head, Stage, scaling_numbers};
use crate::network::scaling;
use crate::settings::Preprocessing;
use crate::vgg16::Layer;

/// What the way back needs of the way there.
#[derive(Debug)]
pub(super) struct Tape {
    trunk: Vec<Kept>,
    /// Output of the last convolution, [N, 1, H, W].
    head: CubeTensor,
    /// Sizes there.
    sides: Sides,
}

/// What is kept of each stage of the trunk.
#[derive(Debug)]
struct Kept {
    /// Bits of the ReLU, or winners of the pooling.
    words: CubeTensor,
    /// Sizes at the convolution.
    sides: Sides,
}

/// The network up to one layer, with its last convolution pruned to one channel per image.
#[derive(Debug, Clone)]
pub(super) struct Pruned {
    scaling: Scaling,
    trunk: Vec<(Stage, Pool)>,
    head: Head,
    pooled_after: bool,
    /// As it was when the network was cut: a climb keeps to it.
    sums: Sums,
}

/// Whether a pooling follows a convolution of the trunk.
type Pool = bool;

impl Pruned {
    /// `stages` ends with the convolution that `layer` is or pools.
    pub(super) fn new(
        gpu: &Gpu,
        stages: &[Stage],
        layer: &Layer,
        channels: &[usize],
        preprocessing: Preprocessing,
    ) -> Self {
        let scaling = scaling::Scaling::of(preprocessing);
        let followed = stages.iter().zip(&stages[1..]);
        Self {
            scaling: Scaling {
                numbers: scaling_numbers(gpu, scaling.factor, scaling.offset),
                swap_red_and_blue: scaling.source[0] == 2,
            },
            trunk: followed
                .map(|(stage, next)| (stage.clone(), next.pooled_before))
                .collect(),
            head: stages[stages.len() - 1].head(gpu, channels),
            pooled_after: !layer.is_convolution(),
            sums: gpu.sums(),
        }
    }

    /// From images [N, 3, H, W] to feature maps [N, 1, H', W'], one channel per image, after ReLU.
    pub(super) fn forward(&self, images: CubeTensor) -> (CubeTensor, Tape) {
        let mut sides = Sides::of(&images);
        let mut maps = launch::input_maps(images, &self.scaling, sides);
        let mut trunk = Vec::with_capacity(self.trunk.len());
        for (stage, pool) in &self.trunk {
            let (output, words) = launch::convolution(maps, &stage.forward, &stage.bias, sides, *pool, self.sums);
            maps = output;
            trunk.push(Kept { words, sides });
            sides = if *pool { pooled(&sides) } else { sides };
        }
        let head = launch::head(maps, &self.head.forward, &self.head.bias, sides);
        let feature_maps = if self.pooled_after {
            launch::pool(&head, sides)
        } else {
            head.clone()
        };
        (feature_maps, Tape { trunk, head, sides })
    }

    /// The gradient of each feature map's mean with respect to its image, [N, 3, H, W], and what is known of both in parts
    /// (`launch::output_image`).
    pub(super) fn backward_of_mean(&self, tape: &Tape, feature_maps: CubeTensor) -> (CubeTensor, CubeTensor) {
        let mask = |stage: usize| (!self.trunk[stage].1).then(|| &tape.trunk[stage].words);
        let before = |stage: usize| stage.checked_sub(1).and_then(mask);
        let gradient = launch::mean_gradient(tape.head.clone(), tape.sides, self.pooled_after);
        let last = self.trunk.len();
        let mut gradient = launch::head_backward(gradient, &self.head.backward, before(last), tape.sides);
        for (at, (stage, pool)) in self.trunk.iter().enumerate().rev() {
            let kept = &tape.trunk[at];
            let here = if *pool {
                Gradient::Pooled(gradient, &kept.words)
            } else {
                Gradient::Plain(gradient)
            };
            gradient = launch::convolution_backward(here, &stage.backward, before(at), kept.sides, self.sums);
        }
        let sides = tape.trunk.first().map_or(tape.sides, |kept| kept.sides);
        launch::output_image(gradient, feature_maps, &self.scaling, sides)
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
