//! What is maximised: the notes' `mean_activation`.

use burn::tensor::Tensor;

use crate::error::Result;
use crate::network::{Network, Pruned};
use crate::settings::Settings;

/// Mean over all positions of one channel's post-ReLU output, one channel per image of a batch.
#[derive(Debug, Clone)]
pub struct MeanActivation {
    network: Pruned,
}

/// The objective and its gradient at a batch of images.
#[derive(Debug)]
pub struct Evaluation {
    /// Mean activation of each image's channel, shape (N).
    pub objective: Tensor<1>,
    /// Gradient of each image's own objective with respect to the image, [N, 3, H, W].
    pub gradient: Tensor<4>,
}

impl MeanActivation {
    /// The objective of these settings.
    ///
    /// # Errors
    /// [`crate::Error::WeightsNotLoaded`], [`crate::Error::ChannelOutOfRange`].
    pub fn new(network: &Network, settings: &Settings) -> Result<Self> {
        Ok(Self {
            network: network.prune(settings.layer, &settings.channels, settings.preprocessing)?,
        })
    }

    /// Objective and gradient at `images`, [N, 3, H, W].
    pub fn evaluate(&self, images: Tensor<4>) -> Evaluation {
        let (feature_maps, tape) = self.network.forward(images);
        let [count, _, height, width] = feature_maps.dims();
        let positions = height * width;
        let objective = feature_maps
            .clone()
            .reshape([count, positions])
            .mean_dim(1)
            .reshape([count]);
        let share = Tensor::full_like(&feature_maps, 1.0 / positions as f64);
        Evaluation {
            objective,
            gradient: self.network.backward(tape, share),
        }
    }
}
