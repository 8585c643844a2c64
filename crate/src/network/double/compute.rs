//! burn's device and the arithmetic used on it.

use burn::tensor::{DType, Device, Tensor, TensorData};

/// Where tensors live: the CPU, in 64-bit floats.
#[derive(Debug, Clone)]
pub(crate) struct Compute(Device);

impl Compute {
    pub(crate) fn open() -> Self {
        Self(Device::flex())
    }

    /// Values on the device.
    pub(super) fn tensor<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.0, DType::F64))
    }

    /// The same from 64-bit values.
    pub(super) fn tensor64<const D: usize>(&self, values: Vec<f64>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.0, DType::F64))
    }
}
