//! VGG16's convolutions: forward, and the gradient with respect to the input, on the CPU or on a GPU.
//!
//! Weights never change, so there is no autodiff here: the input gradient of a 3 x 3 "same" convolution is again
//! one, with the kernel turned by 180 degrees and its channels swapped. Only what the objective reads is computed: the last
//! convolution is pruned to one channel per image.

#[cfg(feature = "cpu")]
mod cpu;
#[cfg(feature = "double")]
pub(crate) mod double;
mod engine;
mod feature_map;
#[cfg(feature = "gpu")]
pub(crate) mod gpu;
mod memory;
mod pending;
mod scaling;
pub(crate) mod size;

use std::sync::Arc;

pub(crate) use engine::{Climb, Measured, Objective};
pub use feature_map::FeatureMap;
pub use memory::memory_needed;
pub use pending::Pending;

use crate::device::Compute;
use crate::error::{Error, Result};
use crate::settings::{Preprocessing, Settings, check_image, check_size};
use crate::vgg16::Layer;
use crate::weights::packed::Packed;
use crate::weights::{Convolution, Weights};
use engine::Engine;

/// The network's weights on a device, from block1_conv1 as deep as they have been given.
#[derive(Debug, Clone)]
pub struct Network {
    compute: Compute,
    engine: Engine,
    /// Output channels of each convolution.
    widths: Vec<usize>,
}

impl Network {
    /// A network without layers.
    pub fn new(compute: Compute) -> Self {
        Self {
            engine: Engine::new(&compute),
            compute,
            widths: Vec::new(),
        }
    }

    /// Puts the weights up to `layer` on the device, as far as they are not there yet.
    ///
    /// # Errors
    /// [`Error::WeightsNotLoaded`] naming the first layer that `weights` lacks.
    pub fn extend(&mut self, weights: &Weights, layer: &Layer) -> Result<()> {
        for ordinal in self.widths.len()..=layer.last_convolution() {
            self.push_packed(weights.packed(ordinal)?);
        }
        Ok(())
    }

    /// Puts the next convolution on the device.
    pub fn push(&mut self, convolution: &Convolution) {
        self.push_packed(&Arc::new(Packed::new(convolution)));
    }

    fn push_packed(&mut self, convolution: &Arc<Packed>) {
        self.engine.push(convolution);
        self.widths.push(convolution.out_channels());
    }

    /// Where the network lives.
    pub const fn compute(&self) -> &Compute {
        &self.compute
    }

    /// The feature map of one channel on one image (HWC), handed to the device and not yet read.
    ///
    /// # Errors
    /// As [`Self::check`]; [`Error::InvalidSize`], [`Error::ImageTooSmall`], [`Error::InvalidStart`].
    pub fn feature_map(
        &self,
        layer: &'static Layer,
        channel: usize,
        preprocessing: Preprocessing,
        image: &[f32],
        (height, width): (usize, usize),
    ) -> Result<Pending<FeatureMap>> {
        check_size(height, width)?;
        layer.output_size(height, width)?;
        check_image(image, height, width)?;
        self.check(layer, &[channel])?;
        self.check_room(layer, 1, (height, width))?;
        Ok(self
            .engine
            .feature_map(layer, channel, preprocessing, image, (height, width)))
    }

    /// The objective of settings that were checked.
    pub(crate) fn objective(&self, settings: &Settings) -> Result<Objective> {
        self.check(settings.layer, &settings.channels)?;
        let size = (settings.height, settings.width);
        self.check_room(settings.layer, settings.channels.len(), size)?;
        Ok(self.engine.objective(settings))
    }

    /// A climb of settings that were checked, from one image (HWC) per channel.
    pub(crate) fn climb(&self, settings: &Settings, images: &[Vec<f32>]) -> Result<Climb> {
        self.check(settings.layer, &settings.channels)?;
        let size = (settings.height, settings.width);
        self.check_room(settings.layer, settings.channels.len(), size)?;
        Ok(self.engine.climb(settings, images))
    }

    /// Whether the device takes so many images at once.
    fn check_room(&self, layer: &'static Layer, images: usize, size: (usize, usize)) -> Result<()> {
        let channels = &self.widths[..layer.last_convolution()];
        self.compute.check_room(layer, channels, images, size)
    }

    /// Whether the layer has been loaded and has these channels.
    ///
    /// # Errors
    /// [`Error::WeightsNotLoaded`], [`Error::ChannelOutOfRange`].
    pub fn check(&self, layer: &'static Layer, channels: &[usize]) -> Result<()> {
        let Some(&width) = self.widths.get(layer.last_convolution()) else {
            let layer = Layer::convolution(self.widths.len()).map_or(layer.name, |layer| layer.name);
            return Err(Error::WeightsNotLoaded { layer });
        };
        match channels.iter().find(|&&channel| channel >= width) {
            Some(&channel) => Err(Error::ChannelOutOfRange {
                layer: layer.name,
                channel,
                last: width - 1,
            }),
            None => Ok(()),
        }
    }
}
