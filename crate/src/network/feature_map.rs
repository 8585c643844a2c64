//! One channel's activations on one image, read back.

use crate::error::Result;

/// A feature map, on the device or already computed.
#[derive(Debug)]
pub struct PendingMap(pub(super) Pending);

/// Where a feature map is.
#[derive(Debug)]
pub(super) enum Pending {
    #[cfg(feature = "cpu")]
    Done(FeatureMap),
    #[cfg(feature = "gpu")]
    Gpu(Box<super::gpu::PendingMap>),
    #[cfg(feature = "double")]
    Double(Box<super::double::PendingMap>),
}

/// A feature map: post-ReLU activations of one channel, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMap {
    /// Height in positions.
    pub height: usize,
    /// Width in positions.
    pub width: usize,
    /// `height * width` activations.
    pub values: Vec<f32>,
}

impl PendingMap {
    /// Reads the map back.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`].
    pub async fn read(self) -> Result<FeatureMap> {
        match self.0 {
            #[cfg(feature = "cpu")]
            Pending::Done(map) => Ok(map),
            #[cfg(feature = "gpu")]
            Pending::Gpu(pending) => pending.read().await,
            #[cfg(feature = "double")]
            Pending::Double(pending) => pending.read().await,
        }
    }
}
