//! What is maximised: the notes' `mean_activation`.

use crate::error::Result;
use crate::network::{Network, Objective};
use crate::settings::Settings;

/// Mean over all positions of one channel's post-ReLU output, one channel per image of a batch.
#[derive(Debug)]
pub struct MeanActivation(Objective);

/// The objective and its gradient at an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Mean activation of the image's channel.
    pub objective: f64,
    /// Its gradient with respect to the image, HWC.
    pub gradient: Vec<f64>,
}

impl MeanActivation {
    /// The objective of these settings.
    ///
    /// # Errors
    /// The first setting out of range; [`crate::Error::WeightsNotLoaded`]; [`crate::Error::ChannelOutOfRange`].
    pub fn new(network: &Network, settings: &Settings) -> Result<Self> {
        settings.check()?;
        network.objective(settings).map(Self)
    }

    /// Objective and gradient of each channel at its own image, HWC.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`].
    pub async fn evaluate(&mut self, images: &[&[f32]]) -> Result<Vec<Evaluation>> {
        self.0.evaluate(images).await
    }
}
