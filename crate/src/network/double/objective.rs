//! Mean activation and its gradient on the device.

use burn::tensor::Tensor;

use super::{Network, Pruned, read};
use crate::error::Result;
use crate::objective::Evaluation;
use crate::settings::Settings;

/// Mean over all positions of one channel's post-ReLU output, one channel per image of a batch.
#[derive(Debug, Clone)]
pub(crate) struct MeanActivation {
    network: Network,
    pruned: Pruned,
    size: (usize, usize),
}

/// The objective and its gradient at a batch of images, on the device.
#[derive(Debug)]
pub(super) struct Pending {
    /// Mean activation of each image's channel, shape (N).
    pub(super) objective: Tensor<1>,
    /// Gradient of each image's own objective with respect to the image, [N, 3, H, W].
    pub(super) gradient: Tensor<4>,
}

impl MeanActivation {
    /// The objective of these settings, which the network can compute.
    pub(in crate::network) fn new(network: &Network, settings: &Settings) -> Self {
        Self {
            network: network.clone(),
            pruned: network.prune(settings.layer, &settings.channels, settings.preprocessing),
            size: (settings.height, settings.width),
        }
    }

    /// Objective and gradient at `images`, [N, 3, H, W].
    pub(super) fn evaluate(&self, images: Tensor<4>) -> Pending {
        let (feature_maps, tape) = self.pruned.forward(images);
        let [count, _, height, width] = feature_maps.dims();
        let positions = height * width;
        let objective = feature_maps
            .clone()
            .reshape([count, positions])
            .mean_dim(1)
            .reshape([count]);
        let share = Tensor::full_like(&feature_maps, 1.0 / positions as f64);
        Pending {
            objective,
            gradient: self.pruned.backward(tape, share),
        }
    }

    /// Images (each HWC) as one tensor on the device, [N, 3, H, W].
    pub(super) fn images(&self, images: &[&[f32]]) -> Tensor<4> {
        self.network.images(images, self.size.0, self.size.1)
    }

    /// The same, from images (each HWC), waited for.
    pub(crate) async fn read(&self, images: &[&[f32]]) -> Result<Vec<Evaluation>> {
        let pending = self.evaluate(self.images(images));
        let objectives = read(pending.objective).await?;
        let gradients = read(pending.gradient.permute([0, 2, 3, 1])).await?;
        let one = gradients.len() / images.len();
        Ok(objectives
            .into_iter()
            .zip(gradients.chunks_exact(one))
            .map(|(objective, gradient)| Evaluation {
                objective,
                gradient: gradient.to_vec(),
            })
            .collect())
    }
}
