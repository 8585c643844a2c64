//! Mean activation and its gradient on the CPU.

use super::{Network, Pass, parallel};
use crate::objective::Evaluation;
use crate::settings::Settings;

/// Mean over all positions of one channel's post-ReLU output, one channel per image of a batch.
#[derive(Debug)]
pub(crate) struct MeanActivation {
    passes: Vec<Pass>,
}

impl MeanActivation {
    /// The objective of these settings, which the network can compute.
    pub(in crate::network) fn new(network: &Network, settings: &Settings) -> Self {
        Self {
            passes: passes(network, settings),
        }
    }

    /// Objective and gradient at images (each HWC), one per channel.
    pub(crate) fn evaluate(&mut self, images: &[&[f32]]) -> Vec<Evaluation> {
        parallel::map(self.passes.iter_mut().zip(images), |(pass, image)| Evaluation {
            objective: pass.objective(image),
            gradient: pass.backward().iter().map(|&value| value.into()).collect(),
        })
    }
}

/// A pass for each channel of the settings.
pub(super) fn passes(network: &Network, settings: &Settings) -> Vec<Pass> {
    let size = (settings.height, settings.width);
    let pass = |&channel: &usize| network.pass(settings.layer, channel, settings.preprocessing, size);
    settings.channels.iter().map(pass).collect()
}
