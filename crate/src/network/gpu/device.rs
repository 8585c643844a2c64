//! The GPU as burn opens it, numbers to it and numbers from it.

use std::fmt::{self, Debug, Formatter};
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use burn::backend::DispatchDevice;
use burn::tensor::{Bytes, DType, Device, Shape};
use burn_cubecl::CubeDevice;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;

use super::launch::Sums;
use crate::error::{DriverWords, Error, Result};

/// An opened GPU.
#[derive(Debug, Clone)]
pub(crate) struct Gpu {
    device: CubeDevice,
    /// Whether small maps are summed in slices, for all that know this GPU.
    slices: Arc<AtomicBool>,
}

impl Gpu {
    /// Opens it.
    ///
    /// # Errors
    /// [`Error::DeviceUnavailable`] with the driver's words.
    pub(crate) async fn open() -> Result<Self> {
        let device = Device::wgpu_options().init_async().await;
        let unavailable = |cause| Error::DeviceUnavailable {
            device: "GPU",
            cause: DriverWords(cause),
        };
        match device.map_err(|error| unavailable(error.to_string()))?.as_dispatch() {
            DispatchDevice::Cube(device) => Ok(Self {
                device: device.clone(),
                slices: Arc::default(),
            }),
            #[allow(unreachable_patterns, reason = "burn has other devices where other features are on")]
            other => Err(unavailable(format!("burn opened {other:?} in its place"))),
        }
    }

    /// Bytes that a tensor may have: as many as the adapter lets a buffer have, and a kernel be given of one.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.device.client().properties().memory.max_page_size
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
        let client = self.device.client();
        let handle = client.create(bytes);
        CubeTensor::new_contiguous(client, self.device.clone(), shape, handle, dtype)
    }

    /// How networks that are cut from now on sum small maps.
    pub(crate) fn sums(&self) -> Sums {
        if self.slices.load(Ordering::Relaxed) {
            Sums::InSlices
        } else {
            Sums::Whole
        }
    }

    /// Chooses that.
    pub(crate) fn set_sums(&self, sums: Sums) {
        self.slices.store(sums == Sums::InSlices, Ordering::Relaxed);
    }
}

/// Room beside a tensor, with whatever the memory held before.
pub(super) fn empty(like: &CubeTensor, shape: Shape, dtype: DType) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape, dtype)
}

/// A tensor on its way back. Its copy is ordered when this is made: what is handed to the GPU later does not keep it
/// waiting.
pub(super) struct Reading(Pin<Box<dyn Future<Output = Result<Bytes>>>>);

impl Reading {
    pub(super) fn of(CubeTensor { client, handle, .. }: CubeTensor) -> Self {
        let mut read: Pin<Box<dyn Future<Output = _>>> = Box::pin(async move {
            let read = client.read_async(vec![handle]).await;
            let bytes = read.map_err(Error::compute_failed)?.pop();
            bytes.ok_or_else(|| Error::compute_failed("the GPU gave nothing back"))
        });
        // A future does nothing until it is polled: this is what orders the copy.
        match read.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(bytes) => Self(Box::pin(ready(bytes))),
            Poll::Pending => Self(read),
        }
    }

    /// The bytes, once everything before has been computed.
    pub(super) async fn bytes(self) -> Result<Bytes> {
        self.0.await
    }
}

impl Debug for Reading {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reading").finish_non_exhaustive()
    }
}

/// Floats read back.
pub(super) async fn read(tensor: CubeTensor) -> Result<Vec<f32>> {
    Ok(floats(&Reading::of(tensor).bytes().await?).collect())
}

/// WebGPU, like all that it runs on, puts the lowest byte first.
pub(super) fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes))
}

/// Words of 32 bits read back.
#[cfg(test)]
pub(super) async fn read_words(tensor: CubeTensor) -> Result<Vec<u32>> {
    let bytes = Reading::of(tensor).bytes().await?;
    Ok(bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&bytes| u32::from_le_bytes(bytes))
        .collect())
}
