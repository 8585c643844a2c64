//! The GPU as burn opens it, numbers to it and numbers from it.

use burn::backend::DispatchDevice;
use burn::tensor::{Bytes, DType, Device, Shape};
use burn_cubecl::CubeDevice;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;

use crate::error::{Error, Result};

/// An opened GPU.
#[derive(Debug, Clone)]
pub(crate) struct Gpu(CubeDevice);

impl Gpu {
    /// Opens it.
    ///
    /// # Errors
    /// [`Error::DeviceUnavailable`] with the driver's words.
    pub(crate) async fn open() -> Result<Self> {
        let device = Device::wgpu_options().init_async().await;
        let unavailable = |cause| Error::DeviceUnavailable { device: "GPU", cause };
        match device.map_err(|error| unavailable(error.to_string()))?.as_dispatch() {
            DispatchDevice::Cube(device) => Ok(Self(device.clone())),
            #[allow(unreachable_patterns, reason = "burn has other devices where other features are on")]
            other => Err(unavailable(format!("burn opened {other:?} in its place"))),
        }
    }

    /// Floats in row-major order.
    pub(super) fn upload<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> CubeTensor {
        self.put(Bytes::from_elems(values), Shape::from(shape), DType::F32)
    }

    /// Words of 32 bits.
    pub(super) fn upload_words(&self, words: Vec<u32>) -> CubeTensor {
        let shape = Shape::from([words.len()]);
        self.put(Bytes::from_elems(words), shape, DType::U32)
    }

    fn put(&self, bytes: Bytes, shape: Shape, dtype: DType) -> CubeTensor {
        let client = self.0.client();
        let handle = client.create(bytes);
        CubeTensor::new_contiguous(client, self.0.clone(), shape, handle, dtype)
    }
}

/// Room beside a tensor, with whatever the memory held before.
pub(super) fn empty(like: &CubeTensor, shape: Shape, dtype: DType) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape, dtype)
}

/// Floats read back, once everything before has been computed.
pub(super) async fn read(tensor: CubeTensor) -> Result<Vec<f32>> {
    let [bytes] = read_bytes([tensor]).await?;
    Ok(floats(&bytes).collect())
}

/// The bytes of some tensors, read back together.
pub(super) async fn read_bytes<const N: usize>(tensors: [CubeTensor; N]) -> Result<[Bytes; N]> {
    let client = tensors.first().map(|tensor| tensor.client.clone());
    let nothing = || Error::compute_failed("the GPU gave nothing back");
    let handles = tensors.map(|tensor| tensor.handle).to_vec();
    let read = client.ok_or_else(nothing)?.read_async(handles).await;
    read.map_err(Error::compute_failed)?.try_into().map_err(|_| nothing())
}

/// WebGPU, like all that it runs on, puts the lowest byte first.
pub(super) fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes))
}

/// Words of 32 bits read back.
#[cfg(test)]
pub(super) async fn read_words(tensor: CubeTensor) -> Result<Vec<u32>> {
    let [bytes] = read_bytes([tensor]).await?;
    Ok(bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&bytes| u32::from_le_bytes(bytes))
        .collect())
}
