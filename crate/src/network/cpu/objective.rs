//! Mean activation and its gradient on the CPU.

use std::sync::Arc;

use super::head::Head;
use super::passes::Passes;
use super::{Network, parallel};
use crate::objective::Evaluation;
use crate::settings::Settings;

/// Mean over all positions of one channel's post-ReLU output, one channel per image of a batch.
#[derive(Debug)]
pub(crate) struct MeanActivation {
    heads: Vec<Head>,
    passes: Arc<Passes>,
}

impl MeanActivation {
    /// The objective of these settings, which the network can compute.
    pub(in crate::network) fn new(network: &Network, settings: &Settings) -> Self {
        Self {
            heads: network.heads(settings).collect(),
            passes: network.passes(settings),
        }
    }

    /// Objective and gradient at images (each HWC), one per channel.
    pub(crate) fn evaluate(&self, images: &[&[f32]]) -> Vec<Evaluation> {
        parallel::map(self.heads.iter().zip(images), |(head, image)| {
            self.passes.lend(|pass| Evaluation {
                objective: pass.objective(head, image),
                gradient: pass.backward(head).iter().map(|&value| value.into()).collect(),
            })
        })
    }
}
