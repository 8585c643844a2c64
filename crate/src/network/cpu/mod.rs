//! The network on the CPU in 32-bit floats, by kernels of our own.
//!
//! burn-flex multiplies matrices for one convolution after the other. Here transforms, products, bias, ReLU and pooling of a
//! block of an image follow each other while it is in the cache, by four times fewer multiplications; all memory is taken
//! when a climb begins.

mod climb;
mod first;
mod gather;
mod head;
mod kernel;
mod map;
mod multiply;
mod objective;
mod parallel;
mod pass;
mod pooling;
mod scale;
mod simd;
mod sink;
mod spread;
mod stage;
#[cfg(test)]
mod twin;
mod winograd;

use std::sync::{Arc, OnceLock};

pub(crate) use climb::Climb;
pub(crate) use objective::MeanActivation;
pub(crate) use pass::Pass;

use crate::settings::Preprocessing;
use crate::vgg16::Layer;
use crate::weights::Convolution;
use stage::Stage;

/// The weights in memory, from block1_conv1 as deep as they have been given.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    convolutions: Vec<Arc<Loaded>>,
}

/// A convolution's weights, and these prepared for computing all of its channels once that is asked for.
#[derive(Debug)]
struct Loaded {
    convolution: Convolution,
    stage: OnceLock<Arc<Stage>>,
}

/// The network cut at one layer.
#[derive(Debug)]
struct Cut<'a> {
    preprocessing: Preprocessing,
    /// block1_conv1, unless it is the head.
    first: Option<&'a Convolution>,
    /// From block1_conv2 to the last convolution but one.
    stages: Vec<Arc<Stage>>,
    /// The last convolution.
    head: &'a Convolution,
    pooled_after: bool,
}

impl Network {
    /// Takes the next convolution.
    pub(super) fn push(&mut self, convolution: &Convolution) {
        self.convolutions.push(Arc::new(Loaded {
            convolution: convolution.clone(),
            stage: OnceLock::new(),
        }));
    }

    /// A pass for one channel of a layer and images of this size. The layer has been loaded and has the channel.
    pub(super) fn pass(
        &self,
        layer: &Layer,
        channel: usize,
        preprocessing: Preprocessing,
        size: (usize, usize),
    ) -> Pass {
        let last = layer.last_convolution();
        let cut = Cut {
            preprocessing,
            first: (last > 0).then(|| &self.convolutions[0].convolution),
            stages: (1..last)
                .map(|ordinal| self.convolutions[ordinal].stage(ordinal))
                .collect(),
            head: &self.convolutions[last].convolution,
            pooled_after: !layer.is_convolution(),
        };
        Pass::new(&cut, channel, size)
    }
}

impl Loaded {
    fn stage(&self, ordinal: usize) -> Arc<Stage> {
        Arc::clone(
            self.stage
                .get_or_init(|| Arc::new(Stage::new(ordinal, &self.convolution))),
        )
    }
}
