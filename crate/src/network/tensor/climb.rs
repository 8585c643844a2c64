//! Climbing on the device: the images of a batch stay there, and each step is read once.

use burn::tensor::Tensor;

use super::{MeanActivation, Network, read};
use crate::error::Result;
use crate::network::Measured;
use crate::settings::{Settings, StepRule};

/// Numbers appended to each image's pixels when a step is read back.
const FACTS: usize = 3;

/// A batch of channels climbing together.
#[derive(Debug)]
pub(crate) struct Climb {
    objective: MeanActivation,
    step: StepRule,
    learning_rate: f64,
    images: Tensor<4>,
}

/// A step that has been handed to the device and not yet read: [N, H W 3 + FACTS].
#[derive(Debug)]
pub(crate) struct PendingStep(Tensor<2>);

impl Climb {
    /// Puts the start images on the device.
    pub(in crate::network) fn new(network: &Network, settings: &Settings, images: &[Vec<f32>]) -> Self {
        let objective = MeanActivation::new(network, settings);
        let images: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
        Self {
            images: objective.images(&images),
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
        let direction = match self.step {
            StepRule::Gradient => evaluation.gradient,
            StepRule::L2 => {
                let norm = square_sum.clone().clamp_min(1e-12).sqrt().reshape([count, 1, 1, 1]);
                evaluation.gradient.div(norm)
            }
        };
        self.images = self.images.clone().add(direction.mul_scalar(self.learning_rate));
        let pixels = self.images.clone().permute([0, 2, 3, 1]).reshape([count as i64, -1]);
        let objective = evaluation.objective.reshape([count, 1]);
        PendingStep(Tensor::cat(vec![pixels, objective, square_sum, largest], 1))
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

fn measured(row: &[f64]) -> Measured {
    let (pixels, facts) = row.split_at(row.len() - FACTS);
    Measured {
        pixels: pixels.iter().map(|&value| value as f32).collect(),
        objective: facts[0],
        square_sum: facts[1],
        dead: facts[2] == 0.0,
    }
}
