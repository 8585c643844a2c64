//! Gradient ascent on the image: a source of iterates.

use burn::tensor::{DType, Tensor, TensorData};

use crate::device::failed;
use crate::error::Result;
use crate::image::{CHANNELS, Contrast, random_image, squash};
use crate::network::Network;
use crate::objective::MeanActivation;
use crate::settings::{Settings, Start, StepRule};

/// Numbers appended to each image's pixels when a step is read back.
const FACTS: usize = 3;

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
    /// The image, HWC, unsquashed.
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
    objective: MeanActivation,
    settings: Settings,
    images: Tensor<4>,
    iteration: usize,
}

/// A step that has been handed to the device and not yet read.
#[derive(Debug)]
pub struct Step {
    /// [N, H W 3 + FACTS]
    packed: Tensor<2>,
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
        let objective = MeanActivation::new(network, &settings)?;
        let (images, iteration) = start_images(network, &settings);
        Ok(Self {
            objective,
            settings,
            images,
            iteration,
        })
    }

    /// Steps taken so far.
    pub const fn iteration(&self) -> usize {
        self.iteration
    }

    /// Hands one step to the device: `image + learning_rate * gradient`, by the step rule.
    pub fn advance(&mut self) -> Step {
        let evaluation = self.objective.evaluate(self.images.clone());
        let [count, ..] = self.images.dims();
        let gradients: Tensor<2> = evaluation.gradient.clone().reshape([count as i64, -1]);
        let square_sum = gradients.clone().square().sum_dim(1);
        let largest = gradients.abs().max_dim(1);
        let direction = match self.settings.step {
            StepRule::Gradient => evaluation.gradient,
            StepRule::L2 => {
                let norm = square_sum.clone().clamp_min(1e-12).sqrt().reshape([count, 1, 1, 1]);
                evaluation.gradient.div(norm)
            }
        };
        self.images = self
            .images
            .clone()
            .add(direction.mul_scalar(self.settings.learning_rate));
        self.iteration += 1;
        let pixels = self.images.clone().permute([0, 2, 3, 1]).reshape([count as i64, -1]);
        let objective = evaluation.objective.reshape([count, 1]);
        Step {
            packed: Tensor::cat(vec![pixels, objective, square_sum, largest], 1),
            channels: self.settings.channels.clone(),
            iteration: self.iteration,
        }
    }

    /// One step, waited for: an iterate per channel, in the order of the settings.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn step(&mut self) -> Result<Vec<Iterate>> {
        crate::device::wait(self.advance().read())
    }
}

impl Step {
    /// Reads the step back and squashes it.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`] with the device's words.
    pub async fn read(self) -> Result<Vec<Iterate>> {
        let data = self.packed.into_data_async().await.map_err(|error| failed(&error))?;
        let row = data.shape()[1];
        let values = wide(data)?;
        Ok(values
            .chunks_exact(row)
            .zip(&self.channels)
            .map(|(row, &channel)| iterate(channel, self.iteration, row))
            .collect())
    }
}

fn start_images(network: &Network, settings: &Settings) -> (Tensor<4>, usize) {
    let (height, width) = (settings.height, settings.width);
    let shared = |image: &[f32]| network.images(&vec![image; settings.channels.len()], height, width);
    match &settings.start {
        Start::Seed(seed) => (shared(&random_image(*seed, height, width)), 0),
        Start::Image(image) => (shared(image), 0),
        Start::Resume { iteration, images } => {
            let images: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
            (network.images(&images, height, width), *iteration)
        }
    }
}

/// The device's numbers as f64, which holds both arithmetics exactly.
fn wide(data: TensorData) -> Result<Vec<f64>> {
    data.try_cast(DType::F64)
        .map_err(|error| failed(&error))?
        .try_into_vec()
        .map_err(|error| failed(&error))
}

fn iterate(channel: usize, iteration: usize, row: &[f64]) -> Iterate {
    let (pixels, facts) = row.split_at(row.len() - FACTS);
    let pixels: Vec<f32> = pixels.iter().map(|&value| value as f32).collect();
    debug_assert_eq!(pixels.len() % CHANNELS, 0);
    let squashed = squash(&pixels);
    Iterate {
        channel,
        iteration,
        objective: facts[0],
        gradient_norm: facts[1].sqrt(),
        dead: facts[2] == 0.0,
        pixels,
        rgba: squashed.rgba,
        min: squashed.min,
        max: squashed.max,
        contrast: squashed.contrast,
    }
}
