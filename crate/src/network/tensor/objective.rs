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
    /// Each image's channel after ReLU, [N, 1, H', W'].
    pub(super) feature_maps: Tensor<4>,
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
        Pending {
            gradient: self.pruned.backward_of_mean(tape, feature_maps.clone()),
            feature_maps,
        }
    }

    /// Whether kernels of our own compute it.
    #[cfg(feature = "gpu")]
    pub(super) const fn on_gpu(&self) -> bool {
        self.network.compute.is_gpu()
    }

    /// Images (each HWC) as one tensor on the device, [N, 3, H, W].
    pub(super) fn images(&self, images: &[&[f32]]) -> Tensor<4> {
        self.network.images(images, self.size.0, self.size.1)
    }

    /// The same, from images (each HWC), waited for.
    pub(crate) async fn read(&self, images: &[&[f32]]) -> Result<Vec<Evaluation>> {
        let pending = self.evaluate(self.images(images));
        let objectives = read(pending.objective()).await?;
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

impl Pending {
    /// Mean activation of each image's channel, shape (N).
    pub(super) fn objective(&self) -> Tensor<1> {
        let [count, _, height, width] = self.feature_maps.dims();
        let rows = self.feature_maps.clone().reshape([count, height * width]);
        rows.mean_dim(1).reshape([count])
    }
}
