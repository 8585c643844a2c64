//! Climbing on the device: the images of a batch stay there, and each step is read once.

use burn::tensor::Tensor;

use super::{MeanActivation, Network, read};
use crate::error::Result;
use crate::image::squash;
use crate::network::Measured;
use crate::settings::{Settings, StepRule};
use crate::step::{Adam, LEAST_SQUARE_SUM};

/// Numbers appended to each image's values when a step is read back.
const FACTS: usize = 3;

/// A batch of channels climbing together.
#[derive(Debug)]
pub(crate) struct Climb {
    objective: MeanActivation,
    step: StepRule,
    learning_rate: f64,
    images: Tensor<4>,
    /// For Adam alone.
    moments: Option<Moments>,
}

/// What Adam remembers: each value's slopes and their squares, of late; [N, 3, H, W] both.
#[derive(Debug)]
struct Moments {
    steps: usize,
    first: Tensor<4>,
    second: Tensor<4>,
}

/// A step that has been handed to the device and not yet read: [N, H W 3 + FACTS].
#[derive(Debug)]
pub(crate) struct PendingStep(Tensor<2>);

/// Images on the device: [N, H W 3].
#[derive(Debug)]
pub(crate) struct PendingImages(Tensor<2>);

impl Climb {
    /// Puts the start images on the device.
    pub(in crate::network) fn new(network: &Network, settings: &Settings, images: &[Vec<f32>]) -> Self {
        let objective = MeanActivation::new(network, settings);
        let images: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
        let images = objective.images(&images);
        Self {
            moments: (settings.step == StepRule::Adam).then(|| Moments::new(&images)),
            images,
            objective,
            step: settings.step,
            learning_rate: settings.learning_rate,
        }
    }

    /// Hands one step to the device: `image + learning_rate * gradient`, by the step rule.
    pub(crate) fn advance(&mut self) -> PendingStep {
        let evaluation = self.objective.evaluate(self.images.clone());
        let [count, ..] = self.images.dims();
        let gradients: Tensor<2> = evaluation.gradient.clone().reshape([count as i64, -1]);
        let square_sum = gradients.clone().square().sum_dim(1);
        let largest = gradients.abs().max_dim(1);
        let direction = self.direction(evaluation.gradient, &square_sum);
        self.images = self.images.clone().add(direction.mul_scalar(self.learning_rate));
        let objective = evaluation.objective.reshape([count, 1]);
        PendingStep(Tensor::cat(vec![self.values(), objective, square_sum, largest], 1))
    }

    /// The images after the steps handed over so far.
    pub(crate) fn images(&self) -> PendingImages {
        PendingImages(self.values())
    }

    /// [N, H W 3].
    fn values(&self) -> Tensor<2> {
        let [count, ..] = self.images.dims();
        self.images.clone().permute([0, 2, 3, 1]).reshape([count as i64, -1])
    }

    /// The step of learning rate 1 for a gradient, [N, 3, H, W], whose squares have these sums, [N, 1].
    fn direction(&mut self, gradient: Tensor<4>, square_sum: &Tensor<2>) -> Tensor<4> {
        if let Some(moments) = &mut self.moments {
            return moments.direction(gradient);
        }
        let [count, colours, height, width] = gradient.dims();
        let Some(length) = self.step.length(colours * height * width) else {
            return gradient;
        };
        let norm = square_sum.clone().clamp_min(LEAST_SQUARE_SUM).sqrt();
        gradient.div(norm.div_scalar(length).reshape([count, 1, 1, 1]))
    }
}

impl Moments {
    fn new(images: &Tensor<4>) -> Self {
        let zeros = Tensor::full_like(images, 0.0);
        Self {
            steps: 0,
            first: zeros.clone(),
            second: zeros,
        }
    }

    fn direction(&mut self, gradient: Tensor<4>) -> Tensor<4> {
        self.steps += 1;
        let adam = Adam::step(self.steps);
        let squares = gradient.clone().square();
        let running = |mean: &Tensor<4>, decay: f64, new: Tensor<4>| {
            mean.clone().mul_scalar(decay).add(new.mul_scalar(1.0 - decay))
        };
        self.first = running(&self.first, Adam::BETA1, gradient);
        self.second = running(&self.second, Adam::BETA2, squares);
        let root = self.second.clone().div_scalar(adam.second_bias).sqrt();
        let mean = self.first.clone().div_scalar(adam.first_bias);
        mean.div(root.add_scalar(Adam::EPSILON))
    }
}

impl PendingStep {
    /// Reads the step back: one measurement per image.
    pub(crate) async fn read(self) -> Result<Vec<Measured>> {
        let [_, row] = self.0.dims();
        let values = read(self.0).await?;
        Ok(values.chunks_exact(row).map(measured).collect())
    }
}

impl PendingImages {
    /// An image, HWC, per channel.
    pub(crate) async fn read(self) -> Result<Vec<Vec<f32>>> {
        let [_, row] = self.0.dims();
        let values = read(self.0).await?;
        Ok(values.chunks_exact(row).map(narrowed).collect())
    }
}

fn narrowed(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

fn measured(row: &[f64]) -> Measured {
    let (image, facts) = row.split_at(row.len() - FACTS);
    let (objective, square_sum, greatest) = (facts[0], facts[1], facts[2]);
    Measured {
        squashed: squash(&narrowed(image)),
        objective,
        square_sum,
        dead: Measured::is_dead(square_sum, greatest),
    }
}
