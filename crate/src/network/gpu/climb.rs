//! Climbing on the GPU: the images of a batch stay there, and each step is read once.

use burn_cubecl::tensor::CubeTensor;

use super::device::Reading;
use super::squash::FACTS;
use super::step::Moment;
use super::{MeanActivation, Network, device, launch, objective};
use crate::error::Result;
use crate::image::{Contrast, Squashed};
use crate::network::Measured;
use crate::settings::{Settings, StepRule};
use crate::step::Adam;

/// A batch of channels climbing together.
#[derive(Debug)]
pub(crate) struct Climb {
    objective: MeanActivation,
    learning_rate: f64,
    /// Length of every step of learning rate 1, for the rules that have one.
    length: Option<f64>,
    /// [N, 3, H, W]; each step changes them where they lie.
    images: CubeTensor,
    /// For Adam alone.
    moments: Option<Moments>,
}

/// What Adam remembers: each value's slopes and their squares, of late; [N, 3, H, W] both, changed where they lie.
#[derive(Debug)]
pub(super) struct Moments {
    steps: usize,
    pub(super) both: [CubeTensor; 2],
}

/// A step that has been handed to the GPU and not yet read.
#[derive(Debug)]
pub(crate) struct PendingStep {
    /// Pictures and facts, [N, H W + FACTS].
    rows: Reading,
    /// Words of an image's row: its picture and its facts.
    row: usize,
    /// Positions of a feature map.
    positions: usize,
}

/// Exact images on their way from the GPU.
#[derive(Debug)]
pub(crate) struct PendingImages {
    /// [N, H, W, 3].
    pixels: Reading,
    /// Bytes of an image.
    bytes: usize,
}

impl Climb {
    /// Puts the start images on the GPU.
    pub(in crate::network) fn new(network: &Network, settings: &Settings, images: &[Vec<f32>]) -> Self {
        let objective = MeanActivation::new(network, settings);
        let images: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
        let values = images.first().map_or(0, |image| image.len());
        let adam = settings.step == StepRule::Adam;
        Self {
            moments: adam.then(|| {
                let zeros = vec![0.0; values];
                let zeros = vec![zeros.as_slice(); images.len()];
                Moments::new([objective.images(&zeros), objective.images(&zeros)])
            }),
            images: objective.images(&images),
            objective,
            length: settings.step.length(values),
            learning_rate: settings.learning_rate,
        }
    }

    /// Hands one step to the GPU: `image + learning_rate * gradient`, by the step rule.
    pub(crate) fn advance(&mut self) -> PendingStep {
        let objective::Pending {
            feature_maps,
            gradient,
            slopes,
        } = self.objective.evaluate(self.images.clone());
        if let Some(moments) = &mut self.moments {
            moments.turn(&gradient);
        }
        let ranges = launch::climb(&self.images, gradient, &slopes, self.learning_rate, self.length);
        let [_, _, height, width] = feature_maps.meta.shape().dims();
        let rows = launch::squash(&self.images, slopes, ranges);
        let [_, row] = rows.meta.shape().dims();
        PendingStep {
            rows: Reading::of(rows),
            row,
            positions: height * width,
        }
    }

    /// The images after the steps handed over so far.
    pub(crate) fn images(&self) -> PendingImages {
        let [_, colors, height, width] = self.images.meta.shape().dims();
        PendingImages {
            pixels: Reading::of(launch::interleave(&self.images)),
            bytes: colors * height * width * size_of::<f32>(),
        }
    }
}

impl Moments {
    /// Before the first step; both are zero.
    pub(super) const fn new(both: [CubeTensor; 2]) -> Self {
        Self { steps: 0, both }
    }

    /// Takes a gradient in; it becomes the direction of a step of learning rate 1.
    pub(super) fn turn(&mut self, gradient: &CubeTensor) {
        self.steps += 1;
        let adam = Adam::step(self.steps);
        let moment = Moment {
            first_decay: Adam::BETA1 as f32,
            second_decay: Adam::BETA2 as f32,
            first_share: (1.0 - Adam::BETA1) as f32,
            second_share: (1.0 - Adam::BETA2) as f32,
            first_bias: adam.first_bias as f32,
            second_bias: adam.second_bias as f32,
            epsilon: Adam::EPSILON as f32,
        };
        launch::adam(gradient, &self.both, moment);
    }
}

impl PendingStep {
    /// Reads the step back: one measurement per image.
    pub(crate) async fn read(self) -> Result<Vec<Measured>> {
        let rows = self.rows.bytes().await?;
        let rows = rows.chunks_exact(self.row * size_of::<u32>());
        Ok(rows.map(|row| measured(row, self.positions)).collect())
    }
}

impl PendingImages {
    /// An image, HWC, per channel.
    pub(crate) async fn read(self) -> Result<Vec<Vec<f32>>> {
        let pixels = self.pixels.bytes().await?;
        let images = pixels.chunks_exact(self.bytes);
        Ok(images.map(|image| device::floats(image).collect()).collect())
    }
}

/// One image's row of bytes; `positions` are those of its feature map.
fn measured(row: &[u8], positions: usize) -> Measured {
    let (rgba, facts) = row.split_at(row.len() - FACTS * 4);
    let mut facts = device::floats(facts);
    let [activation, square_sum, largest, min, max, not_finite] =
        [(); FACTS].map(|()| facts.next().unwrap_or(f32::NAN));
    Measured {
        squashed: Squashed {
            rgba: rgba.to_vec(),
            min,
            max,
            contrast: Contrast::of(not_finite == 0.0, min, max),
        },
        objective: f64::from(activation) / positions as f64,
        square_sum: f64::from(square_sum),
        dead: Measured::is_dead(f64::from(square_sum), f64::from(largest)),
    }
}
