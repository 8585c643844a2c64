//! One channel's activations on one image, read back.

use burn::tensor::{DType, Tensor};

use crate::device::failed;
use crate::error::Result;

/// A feature map on the device.
#[derive(Debug)]
pub struct PendingMap(pub(super) Tensor<4>);

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
        let [_, _, height, width] = self.0.dims();
        let data = self.0.into_data_async().await.map_err(|error| failed(&error))?;
        let data = data.try_cast(DType::F32).map_err(|error| failed(&error))?;
        Ok(FeatureMap {
            height,
            width,
            values: data.try_into_vec().map_err(|error| failed(&error))?,
        })
    }
}
