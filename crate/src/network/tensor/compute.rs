//! A burn device and the arithmetic used on it.

use burn::tensor::{DType, Device, Tensor, TensorData};

/// Where tensors live.
#[derive(Debug, Clone)]
pub(crate) struct Compute {
    device: Device,
    dtype: DType,
}

impl Compute {
    /// The CPU in 64-bit floats.
    #[cfg(feature = "double")]
    pub(crate) fn double() -> Self {
        Self {
            device: Device::flex(),
            dtype: DType::F64,
        }
    }

    /// The GPU in 32-bit floats; an error has the driver's words.
    #[cfg(feature = "gpu")]
    pub(crate) async fn gpu() -> Result<Self, String> {
        let device = Device::wgpu_options().init_async().await;
        Ok(Self {
            device: device.map_err(|error| error.to_string())?,
            dtype: DType::F32,
        })
    }

    /// Whether this is the GPU: alone there kernels of our own run.
    #[cfg(feature = "gpu")]
    pub(super) const fn is_gpu(&self) -> bool {
        matches!(self.dtype, DType::F32)
    }

    /// Values on the device in this arithmetic.
    pub(super) fn tensor<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.device, self.dtype))
    }

    /// The same from 64-bit values.
    pub(super) fn tensor64<const D: usize>(&self, values: Vec<f64>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.device, self.dtype))
    }
}
