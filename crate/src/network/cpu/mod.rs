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
mod memory;
mod multiply;
mod objective;
mod parallel;
mod pass;
mod passes;
mod pooling;
mod scale;
mod simd;
mod sink;
mod spread;
mod stage;
#[cfg(test)]
mod twin;
mod winograd;

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

pub(crate) use climb::Climb;
pub(super) use memory::Estimate;
pub(crate) use objective::MeanActivation;
use pass::Pass;

use super::FeatureMap;
use crate::device::cores;
use crate::settings::{Preprocessing, Settings};
use crate::vgg16::Layer;
use crate::weights::packed::Packed;
use head::Head;
use passes::Passes;
use stage::Stage;

/// The weights in memory, from block1_conv1 as deep as they have been given.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    convolutions: Vec<Arc<Loaded>>,
    /// Those in use, so that climbs of one layer and size share theirs.
    passes: Arc<Mutex<Vec<Weak<Passes>>>>,
}

/// A convolution's weights, shared with who loaded them, and these prepared for computing all of its channels once that is asked for.
#[derive(Debug)]
struct Loaded {
    kernels: Arc<Packed>,
    stage: OnceLock<Arc<Stage>>,
}

/// The network cut at one layer.
#[derive(Debug)]
struct Cut {
    preprocessing: Preprocessing,
    /// block1_conv1, unless it is the head.
    first: Option<Arc<Loaded>>,
    /// From block1_conv2 to the last convolution but one.
    stages: Vec<Arc<Stage>>,
    /// The last convolution.
    head: Arc<Loaded>,
    pooled_after: bool,
}

impl Network {
    /// Takes the next convolution.
    pub(super) fn push(&mut self, kernels: Arc<Packed>) {
        self.convolutions.push(Arc::new(Loaded {
            kernels,
            stage: OnceLock::new(),
        }));
    }

    /// One channel's feature map of an image (HWC). The layer has been loaded and has the channel.
    pub(super) fn feature_map(
        &self,
        layer: &Layer,
        channel: usize,
        preprocessing: Preprocessing,
        image: &[f32],
        size: (usize, usize),
    ) -> FeatureMap {
        let passes = self.passes_of(self.cut(layer, preprocessing), size);
        let head = self.head(layer, channel);
        passes.lend(|pass| {
            let values = pass.forward(&head, image).to_vec();
            let (height, width) = pass.size();
            FeatureMap { height, width, values }
        })
    }

    /// A head for each channel of the settings, which the network can compute.
    fn heads(&self, settings: &Settings) -> impl Iterator<Item = Head> {
        let channels = settings.channels.iter();
        channels.map(|&channel| self.head(settings.layer, channel))
    }

    fn head(&self, layer: &Layer, channel: usize) -> Head {
        Head::new(&self.convolutions[layer.last_convolution()].kernels, channel)
    }

    /// Passes for the settings, with memory for as many channels as are computed at once.
    fn passes(&self, settings: &Settings) -> Arc<Passes> {
        let cut = self.cut(settings.layer, settings.preprocessing);
        let passes = self.passes_of(cut, (settings.height, settings.width));
        passes.reserve(settings.channels.len().min(cores()));
        passes
    }

    fn passes_of(&self, cut: Cut, size: (usize, usize)) -> Arc<Passes> {
        let mut all = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|passes| passes.strong_count() > 0);
        let known = all.iter().filter_map(Weak::upgrade);
        if let Some(passes) = known.into_iter().find(|passes| passes.are_of(&cut, size)) {
            return passes;
        }
        let passes = Arc::new(Passes::new(cut, size));
        all.push(Arc::downgrade(&passes));
        passes
    }

    fn cut(&self, layer: &Layer, preprocessing: Preprocessing) -> Cut {
        let last = layer.last_convolution();
        Cut {
            preprocessing,
            first: (last > 0).then(|| Arc::clone(&self.convolutions[0])),
            stages: (1..last)
                .map(|ordinal| self.convolutions[ordinal].stage(ordinal))
                .collect(),
            head: Arc::clone(&self.convolutions[last]),
            pooled_after: !layer.is_convolution(),
        }
    }
}

impl Cut {
    /// Whether this is the same cut of the same network.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.head, &other.head)
            && (self.preprocessing, self.pooled_after) == (other.preprocessing, other.pooled_after)
    }
}

impl Loaded {
    fn stage(&self, ordinal: usize) -> Arc<Stage> {
        Arc::clone(self.stage.get_or_init(|| Arc::new(Stage::new(ordinal, &self.kernels))))
    }
}
