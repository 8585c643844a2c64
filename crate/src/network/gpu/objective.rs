//! Mean activation and its gradient on the GPU.

use burn_cubecl::tensor::CubeTensor;

use super::{Network, Pruned, device};
use crate::error::Result;
use crate::image::CHANNELS;
use crate::objective::Evaluation;
use crate::settings::Settings;

/// Mean over all positions of one channel's post-ReLU output, one channel per image of a batch.
#[derive(Debug, Clone)]
pub(crate) struct MeanActivation {
    network: Network,
    pruned: Pruned,
    size: (usize, usize),
}

/// The objective and its gradient at a batch of images, on the GPU.
#[derive(Debug)]
pub(super) struct Pending {
    /// Each image's channel after ReLU, [N, 1, H', W'].
    pub(super) feature_maps: CubeTensor,
    /// Gradient of each image's own objective with respect to the image, [N, 3, H, W].
    pub(super) gradient: CubeTensor,
    /// What the parts of each image know of both, [N, PARTS, SLOPES].
    pub(super) slopes: CubeTensor,
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
    pub(super) fn evaluate(&self, images: CubeTensor) -> Pending {
        let (feature_maps, tape) = self.pruned.forward(images);
        let (gradient, slopes) = self.pruned.backward_of_mean(&tape, feature_maps.clone());
        Pending {
            feature_maps,
            gradient,
            slopes,
        }
    }

    /// Images (each HWC) on the GPU, [N, 3, H, W].
    pub(super) fn images(&self, images: &[&[f32]]) -> CubeTensor {
        self.network.images(images, self.size.0, self.size.1)
    }

    /// The same, from images (each HWC), waited for.
    pub(crate) async fn read(&self, images: &[&[f32]]) -> Result<Vec<Evaluation>> {
        let pending = self.evaluate(self.images(images));
        let maps = device::read(pending.feature_maps).await?;
        let gradients = device::read(pending.gradient).await?;
        let (map, gradient) = (maps.len() / images.len(), gradients.len() / images.len());
        let both = maps.chunks_exact(map).zip(gradients.chunks_exact(gradient));
        Ok(both
            .map(|(map, gradient)| Evaluation {
                objective: map.iter().copied().map(f64::from).sum::<f64>() / map.len() as f64,
                gradient: interleaved(gradient),
            })
            .collect())
    }
}

/// [3, H, W] as HWC.
fn interleaved(planes: &[f32]) -> Vec<f64> {
    let positions = planes.len() / CHANNELS;
    (0..planes.len())
        .map(|at| f64::from(planes[at % CHANNELS * positions + at / CHANNELS]))
        .collect()
}
