//! Climbing on the GPU: the images of a batch stay there, and each step is read once.

use burn_cubecl::tensor::CubeTensor;

use super::objective::Pending;
use super::step::{FACTS, Moment};
use super::{MeanActivation, Network, device, launch};
use crate::error::Result;
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

/// A step that has been handed to the GPU and not yet read: [N, H W 3 + FACTS].
#[derive(Debug)]
pub(crate) struct PendingStep(CubeTensor);

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
        let Pending { feature_maps, gradient } = self.objective.evaluate(self.images.clone());
        let facts = launch::measure(&gradient, feature_maps);
        if let Some(moments) = &mut self.moments {
            moments.turn(&gradient);
        }
        let rows = launch::climb(&self.images, gradient, facts, self.learning_rate, self.length);
        PendingStep(rows)
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
        let [_, row] = self.0.meta.shape().dims();
        let values = device::read(self.0).await?;
        Ok(values.chunks_exact(row).map(measured).collect())
    }
}

fn measured(row: &[f32]) -> Measured {
    let (pixels, facts) = row.split_at(row.len() - FACTS);
    Measured::read_back(pixels.to_vec(), [facts[0], facts[1], facts[2]].map(f64::from))
}
