//! VGG16's convolutions on a burn device: forward, and the gradient with respect to the input.
//!
//! Weights never change, so there is no autodiff here: the input gradient of a 3 x 3 "same" convolution is again
//! one, with the kernel turned by 180 degrees and its channels swapped (`stage.rs`). Only what the objective reads is
//! computed: a [`Pruned`] network ends in one channel per image.

mod feature_map;
mod preprocessing;
mod pruned;
mod stage;

pub use feature_map::{FeatureMap, PendingMap};
pub use pruned::{Pruned, Tape};

use burn::tensor::{Tensor, TensorData};

use crate::device::Compute;
use crate::error::{Error, Result};
use crate::settings::{Preprocessing, check_image, check_size};
use crate::vgg16::Layer;
use crate::weights::{Convolution, Weights};
use stage::Stage;

/// The network's weights on a device, from block1_conv1 as deep as they have been given.
#[derive(Debug, Clone)]
pub struct Network {
    compute: Compute,
    stages: Vec<Stage>,
}

impl Network {
    /// A network without layers.
    pub const fn new(compute: Compute) -> Self {
        Self {
            compute,
            stages: Vec::new(),
        }
    }

    /// Puts the weights up to `layer` on the device, as far as they are not there yet.
    ///
    /// # Errors
    /// [`Error::WeightsNotLoaded`] naming the first layer that `weights` lacks.
    pub fn extend(&mut self, weights: &Weights, layer: &Layer) -> Result<()> {
        for ordinal in self.stages.len()..=layer.last_convolution() {
            self.push(weights.convolution(ordinal)?);
        }
        Ok(())
    }

    /// Puts the next convolution on the device.
    pub fn push(&mut self, convolution: &Convolution) {
        let stage = Stage::new(&self.compute, self.stages.len(), convolution);
        self.stages.push(stage);
    }

    /// Where the network lives.
    pub const fn compute(&self) -> &Compute {
        &self.compute
    }

    /// The network cut at `layer`, computing channel `channels[i]` alone for image i of a batch.
    ///
    /// # Errors
    /// [`Error::WeightsNotLoaded`], [`Error::ChannelOutOfRange`].
    pub fn prune(&self, layer: &'static Layer, channels: &[usize], preprocessing: Preprocessing) -> Result<Pruned> {
        let last = layer.last_convolution();
        if last >= self.stages.len() {
            let layer = Layer::convolution(self.stages.len()).map_or(layer.name, |layer| layer.name);
            return Err(Error::WeightsNotLoaded { layer });
        }
        let width = self.stages[last].out_channels();
        if let Some(&channel) = channels.iter().find(|&&channel| channel >= width) {
            return Err(Error::ChannelOutOfRange {
                layer: layer.name,
                channel,
                last: width - 1,
            });
        }
        Ok(Pruned::new(
            &self.compute,
            &self.stages[..=last],
            layer,
            channels,
            preprocessing,
        ))
    }

    /// The feature map of one channel on one image (HWC), handed to the device and not yet read.
    ///
    /// # Errors
    /// As [`Self::prune`]; [`Error::InvalidSize`], [`Error::ImageTooSmall`], [`Error::InvalidStart`].
    pub fn feature_map(
        &self,
        layer: &'static Layer,
        channel: usize,
        preprocessing: Preprocessing,
        image: &[f32],
        (height, width): (usize, usize),
    ) -> Result<PendingMap> {
        check_size(height, width)?;
        layer.output_size(height, width)?;
        check_image(image, height, width)?;
        let pruned = self.prune(layer, &[channel], preprocessing)?;
        Ok(PendingMap(pruned.forward(self.images(&[image], height, width)).0))
    }

    /// Images (each HWC) as one tensor on the device, [N, 3, H, W].
    pub fn images(&self, images: &[&[f32]], height: usize, width: usize) -> Tensor<4> {
        self.compute.images(images, height, width)
    }
}

impl Compute {
    /// Values on the device in this arithmetic.
    fn tensor<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.device, self.dtype))
    }

    /// The same from 64-bit values.
    fn tensor64<const D: usize>(&self, values: Vec<f64>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.device, self.dtype))
    }

    fn images(&self, images: &[&[f32]], height: usize, width: usize) -> Tensor<4> {
        self.tensor(images.concat(), [images.len(), height, width, 3])
            .permute([0, 3, 1, 2])
    }
}
