//! Gradient ascent on the image: a source of iterates.

use crate::error::Result;
use crate::image::{Contrast, random_image};
use crate::network::{Climb, Measured, Network, Pending};
use crate::settings::{Settings, Start};

/// One channel's image after one more step.
#[derive(Debug, Clone, PartialEq)]
pub struct Iterate {
    /// The channel, from 0.
    pub channel: usize,
    /// Steps taken to reach this image, from 1.
    pub iteration: usize,
    /// Mean activation before this step, at iterate `iteration - 1`.
    pub objective: f64,
    /// L2 norm, over the whole image, of the gradient before this step (before any normalisation).
    pub gradient_norm: f64,
    /// The gradient was exactly zero: the channel is dead here, and the image did not move.
    pub dead: bool,
    /// The image, HWC, unsquashed; empty where the step was read without ([`Step::read`]).
    pub pixels: Vec<f32>,
    /// The image squashed: `height * width * 4` bytes, RGBA.
    pub rgba: Vec<u8>,
    /// Smallest value of the image.
    pub min: f32,
    /// Largest value of the image.
    pub max: f32,
    /// Whether there was anything to stretch.
    pub contrast: Contrast,
}

/// A batch of channels climbing together, each its own image.
#[derive(Debug)]
pub struct Ascent {
    climb: Climb,
    channels: Vec<usize>,
    iteration: usize,
}

/// A step that has been handed to the device and not yet read.
#[derive(Debug)]
pub struct Step {
    pending: Pending<Vec<Measured>>,
    channels: Vec<usize>,
    iteration: usize,
}

impl Ascent {
    /// Checks the settings and puts the start images on the device.
    ///
    /// # Errors
    /// The first setting out of range; [`crate::Error::WeightsNotLoaded`]; [`crate::Error::ChannelOutOfRange`].
    pub fn new(network: &Network, settings: Settings) -> Result<Self> {
        settings.check()?;
        let (images, iteration) = start_images(&settings);
        Ok(Self {
            climb: network.climb(&settings, &images)?,
            channels: settings.channels,
            iteration,
        })
    }

    /// Steps taken so far.
    pub const fn iteration(&self) -> usize {
        self.iteration
    }

    /// Bytes held for the images of the batch and the activations of those that are at work at once, all of them taken when
    /// the ascent began. Ascents of one layer and size share the activations' memory, and all the weights, which are not
    /// counted. `None` on a GPU, whose memory burn manages.
    pub fn bytes(&self) -> Option<usize> {
        self.climb.bytes()
    }

    /// Hands one step to the device: `image + learning_rate * gradient`, by the step rule.
    pub fn advance(&mut self) -> Step {
        self.iteration += 1;
        Step {
            pending: self.climb.advance(),
            channels: self.channels.clone(),
            iteration: self.iteration,
        }
    }

    /// The exact images after the steps handed over so far: one (HWC) per channel, in the order of the settings; later steps do not change them. They are three times as large as
    /// pictures, so they are copied from the device only where they are asked for.
    pub fn images(&self) -> Pending<Vec<Vec<f32>>> {
        self.climb.images()
    }

    /// One step, waited for: an iterate per channel, in the order of the settings, with its pixels.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn step(&mut self) -> Result<Vec<Iterate>> {
        let (step, images) = (self.advance(), self.images());
        let mut iterates = crate::device::wait(step.read())?;
        for (iterate, image) in iterates.iter_mut().zip(crate::device::wait(images.read())?) {
            iterate.pixels = image;
        }
        Ok(iterates)
    }
}

impl Step {
    /// Reads the step back: an iterate per channel, in the order of the settings, without its pixels.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`] with the device's words.
    pub async fn read(self) -> Result<Vec<Iterate>> {
        let measured = self.pending.read().await?;
        Ok(measured
            .into_iter()
            .zip(self.channels)
            .map(|(measured, channel)| iterate(channel, self.iteration, measured))
            .collect())
    }
}

/// One image (HWC) per channel, and the steps already taken to reach it.
fn start_images(settings: &Settings) -> (Vec<Vec<f32>>, usize) {
    let shared = |image: Vec<f32>| vec![image; settings.channels.len()];
    match &settings.start {
        Start::Seed(seed) => (shared(random_image(*seed, settings.height, settings.width)), 0),
        Start::Image(image) => (shared(image.clone()), 0),
        Start::Resume { iteration, images } => (images.clone(), *iteration),
    }
}

fn iterate(channel: usize, iteration: usize, measured: Measured) -> Iterate {
    let squashed = measured.squashed;
    Iterate {
        channel,
        iteration,
        objective: measured.objective,
        gradient_norm: measured.square_sum.sqrt(),
        dead: measured.dead,
        pixels: Vec::new(),
        rgba: squashed.rgba,
        min: squashed.min,
        max: squashed.max,
        contrast: squashed.contrast,
    }
}
