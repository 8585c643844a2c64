//! The network on burn's operations on the CPU, in 64-bit floats: what the tests check the others with.
//!
//! Weights never change, so there is no autodiff here: the input gradient of a 3 x 3 "same" convolution is again
//! one, with the kernel turned by 180 degrees and its channels swapped (`stage.rs`). Only what the objective reads is
//! computed: a [`Pruned`] network ends in one channel per image.

mod climb;
mod compute;
mod objective;
mod preprocessing;
mod pruned;
mod stage;

use burn::tensor::Tensor;

pub(crate) use climb::Climb;
pub(crate) use compute::Compute;
pub(crate) use objective::MeanActivation;
use pruned::Pruned;
use stage::Stage;

use super::FeatureMap;
use crate::error::{Error, Result};
use crate::settings::Preprocessing;
use crate::vgg16::Layer;
use crate::weights::Convolution;

/// The network's weights on a device, from block1_conv1 as deep as they have been given.
#[derive(Debug, Clone)]
pub(super) struct Network {
    compute: Compute,
    stages: Vec<Stage>,
}

impl Network {
    pub(super) const fn new(compute: Compute) -> Self {
        Self {
            compute,
            stages: Vec::new(),
        }
    }

    /// Puts the next convolution on the device.
    pub(super) fn push(&mut self, convolution: &Convolution) {
        let stage = Stage::new(&self.compute, self.stages.len(), convolution);
        self.stages.push(stage);
    }

    /// The network cut at `layer`, computing channel `channels[i]` alone for image i of a batch. The layer has been loaded
    /// and has the channels.
    fn prune(&self, layer: &Layer, channels: &[usize], preprocessing: Preprocessing) -> Pruned {
        let stages = &self.stages[..=layer.last_convolution()];
        Pruned::new(&self.compute, stages, layer, channels, preprocessing)
    }

    /// The feature map of one channel on one image (HWC), handed to the device and not yet read.
    pub(super) fn feature_map(
        &self,
        layer: &Layer,
        channel: usize,
        preprocessing: Preprocessing,
        image: &[f32],
        (height, width): (usize, usize),
    ) -> PendingMap {
        let pruned = self.prune(layer, &[channel], preprocessing);
        PendingMap(pruned.forward(self.images(&[image], height, width)).0)
    }

    /// Images (each HWC) as one tensor on the device, [N, 3, H, W].
    fn images(&self, images: &[&[f32]], height: usize, width: usize) -> Tensor<4> {
        self.compute
            .tensor(images.concat(), [images.len(), height, width, 3])
            .permute([0, 3, 1, 2])
    }
}

/// A feature map on the device, [1, 1, H', W'].
#[derive(Debug)]
pub(super) struct PendingMap(Tensor<4>);

impl PendingMap {
    /// Reads the map back.
    pub(super) async fn read(self) -> Result<FeatureMap> {
        let [_, _, height, width] = self.0.dims();
        let values = read(self.0).await?;
        Ok(FeatureMap {
            height,
            width,
            values: values.into_iter().map(|value| value as f32).collect(),
        })
    }
}

/// Numbers read back.
async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f64>> {
    let data = tensor.into_data_async().await.map_err(Error::compute_failed)?;
    data.try_cast(burn::tensor::DType::F64)
        .map_err(Error::compute_failed)?
        .try_into_vec()
        .map_err(Error::compute_failed)
}
