//! The network on a GPU that burn has opened, on kernels of our own, written in CubeCL.
//!
//! Weights never change, so there is no autodiff here: the input gradient of a 3 x 3 "same" convolution is again
//! one, with the kernel turned by 180 degrees and its channels swapped. Only what the objective reads is computed: a
//! [`Pruned`] network ends in one channel per image.
//!
//! `device.rs` opens the GPU, `warm_up.rs` finds out what suits it; `layout.rs` is how maps lie in its memory and how they are cut into units of work, `tile.rs`
//! what one unit computes, `parts.rs` what a whole image's add up; `forward.rs`, `backward.rs`, `head.rs`, `pool.rs`, `image.rs`,
//! `step.rs` and `squash.rs` are the kernels, `launch.rs` has them as functions. `stage.rs` holds weights, `pruned.rs` and `climb.rs` put everything together.

mod backward;
mod climb;
mod device;
mod forward;
mod head;
mod image;
mod launch;
mod layout;
mod objective;
mod parts;
mod pool;
mod pruned;
mod squash;
mod stage;
mod step;
#[cfg(test)]
mod tests;
mod tile;
mod warm_up;

use burn_cubecl::tensor::CubeTensor;

pub(crate) use climb::Climb;
pub(crate) use device::Gpu;
pub(crate) use launch::Sums;
pub(crate) use objective::MeanActivation;
use pruned::Pruned;
use stage::Stage;

use super::FeatureMap;
use crate::error::Result;
use crate::image::CHANNELS;
use crate::settings::Preprocessing;
use crate::vgg16::Layer;
use crate::weights::Convolution;

/// The network's weights on the GPU, from block1_conv1 as deep as they have been given.
#[derive(Debug, Clone)]
pub(super) struct Network {
    gpu: Gpu,
    stages: Vec<Stage>,
}

impl Network {
    pub(super) const fn new(gpu: Gpu) -> Self {
        Self {
            gpu,
            stages: Vec::new(),
        }
    }

    /// Puts the next convolution on the GPU.
    pub(super) fn push(&mut self, convolution: &Convolution) {
        let stage = Stage::new(&self.gpu, self.stages.len(), convolution);
        self.stages.push(stage);
    }

    /// The network cut at `layer`, computing channel `channels[i]` alone for image i of a batch. The layer has been loaded
    /// and has the channels.
    fn prune(&self, layer: &Layer, channels: &[usize], preprocessing: Preprocessing) -> Pruned {
        let stages = &self.stages[..=layer.last_convolution()];
        Pruned::new(&self.gpu, stages, layer, channels, preprocessing)
    }

    /// The feature map of one channel on one image (HWC), handed to the GPU and not yet read.
    pub(super) fn feature_map(
        &self,
        layer: &Layer,
        channel: usize,
        preprocessing: Preprocessing,
        image: &[f32],
        (height, width): (usize, usize),
    ) -> PendingMap {
        let pruned = self.prune(layer, &[channel], preprocessing);
        let (feature_maps, _tape) = pruned.forward(self.images(&[image], height, width));
        PendingMap(feature_maps)
    }

    /// Images (each HWC) on the GPU, [N, 3, H, W].
    fn images(&self, images: &[&[f32]], height: usize, width: usize) -> CubeTensor {
        let planes = images
            .iter()
            .flat_map(|image| (0..CHANNELS).flat_map(|color| image.iter().skip(color).step_by(CHANNELS)));
        let values = planes.copied().collect();
        self.gpu.upload(values, [images.len(), CHANNELS, height, width])
    }
}

/// A feature map on the GPU, [1, 1, H', W'].
#[derive(Debug)]
pub(super) struct PendingMap(CubeTensor);

impl PendingMap {
    /// Reads the map back.
    pub(super) async fn read(self) -> Result<FeatureMap> {
        let [_, _, height, width] = self.0.meta.shape().dims();
        Ok(FeatureMap {
            height,
            width,
            values: device::read(self.0).await?,
        })
    }
}
