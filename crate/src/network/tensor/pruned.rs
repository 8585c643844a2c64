//! The network cut at one layer, computing one channel per image.

use burn::tensor::Tensor;

use super::Compute;
#[cfg(feature = "gpu")]
use super::kernels;
use super::plain::{self, Plain};
use super::stage::{Pooled, Stage, pool, through_relu};
use crate::settings::Preprocessing;
use crate::vgg16::Layer;
use crate::weights::Convolution;

/// Convolutions from block1_conv1 on, for burn's operations or for our own kernels.
#[derive(Debug, Clone)]
pub(super) enum Stages {
    Plain(Vec<Stage>),
    #[cfg(feature = "gpu")]
    Kernels(Vec<kernels::Stage>),
}

/// The network up to one layer, with its last convolution pruned to one channel per image.
#[derive(Debug, Clone)]
pub(super) struct Pruned {
    body: Body,
    pooled_after: bool,
}

/// What [`Pruned::forward`] keeps for the way back.
#[derive(Debug)]
pub(super) struct Tape {
    body: BodyTape,
    /// Output of the last convolution, [N, 1, H, W].
    head: Tensor<4>,
    pooling: Option<Pooled>,
}

/// Everything up to the last convolution's output.
#[derive(Debug, Clone)]
enum Body {
    Plain(Plain),
    #[cfg(feature = "gpu")]
    Kernels(kernels::Pruned),
}

#[derive(Debug)]
enum BodyTape {
    Plain(plain::Tape),
    #[cfg(feature = "gpu")]
    Kernels(kernels::Tape),
}

impl Stages {
    /// No stage yet, for what serves this device best.
    pub(super) const fn new(compute: &Compute) -> Self {
        #[cfg(feature = "gpu")]
        if compute.is_gpu() {
            return Self::Kernels(Vec::new());
        }
        let _ = compute;
        Self::Plain(Vec::new())
    }

    /// Puts the next convolution on the device.
    pub(super) fn push(&mut self, compute: &Compute, convolution: &Convolution) {
        match self {
            Self::Plain(stages) => stages.push(Stage::new(compute, stages.len(), convolution)),
            #[cfg(feature = "gpu")]
            Self::Kernels(stages) => stages.push(kernels::Stage::new(compute, stages.len(), convolution)),
        }
    }
}

impl Pruned {
    /// `layer` has been loaded and has the channels.
    pub(super) fn new(
        compute: &Compute,
        stages: &Stages,
        layer: &Layer,
        channels: &[usize],
        preprocessing: Preprocessing,
    ) -> Self {
        let needed = ..=layer.last_convolution();
        let body = match stages {
            Stages::Plain(stages) => Body::Plain(Plain::new(compute, &stages[needed], channels, preprocessing)),
            #[cfg(feature = "gpu")]
            Stages::Kernels(stages) => {
                Body::Kernels(kernels::Pruned::new(compute, &stages[needed], channels, preprocessing))
            }
        };
        Self {
            body,
            pooled_after: !layer.is_convolution(),
        }
    }

    /// From images [N, 3, H, W] to feature maps [N, 1, H', W'], one channel per image, after ReLU.
    pub(super) fn forward(&self, images: Tensor<4>) -> (Tensor<4>, Tape) {
        let (head, body) = self.body.forward(images);
        let (feature_maps, pooling) = if self.pooled_after {
            let (pooled, pooling) = pool(head.clone());
            (pooled, Some(pooling))
        } else {
            (head.clone(), None)
        };
        (feature_maps, Tape { body, head, pooling })
    }

    /// From feature maps to the gradient of each one's mean with respect to its image, [N, 3, H, W].
    pub(super) fn backward_of_mean(&self, tape: Tape, feature_maps: Tensor<4>) -> Tensor<4> {
        #[cfg(feature = "gpu")]
        if let (Body::Kernels(body), BodyTape::Kernels(tape), None) = (&self.body, &tape.body, &tape.pooling) {
            return body.backward(kernels::mean_gradient(feature_maps), tape);
        }
        let [_, _, height, width] = feature_maps.dims();
        let share = Tensor::full_like(&feature_maps, 1.0 / (height * width) as f64);
        let gradient = match tape.pooling {
            Some(pooling) => pooling.backward(share),
            None => share,
        };
        self.body.backward(through_relu(gradient, tape.head), tape.body)
    }
}

impl Body {
    fn forward(&self, images: Tensor<4>) -> (Tensor<4>, BodyTape) {
        match self {
            Self::Plain(body) => {
                let (head, tape) = body.forward(images);
                (head, BodyTape::Plain(tape))
            }
            #[cfg(feature = "gpu")]
            Self::Kernels(body) => {
                let (head, tape) = body.forward(images);
                (head, BodyTape::Kernels(tape))
            }
        }
    }

    fn backward(&self, gradient: Tensor<4>, tape: BodyTape) -> Tensor<4> {
        match (self, tape) {
            (Self::Plain(body), BodyTape::Plain(tape)) => body.backward(gradient, tape),
            #[cfg(feature = "gpu")]
            (Self::Kernels(body), BodyTape::Kernels(tape)) => body.backward(gradient, &tape),
            #[cfg(feature = "gpu")]
            (Self::Plain(_), BodyTape::Kernels(_)) | (Self::Kernels(_), BodyTape::Plain(_)) => {
                unreachable!("a tape is played back by what recorded it")
            }
        }
    }
}
