//! Where the network is computed: on the CPU or on the GPU.

use crate::error::Result;
#[cfg(feature = "double")]
use crate::network::double;
#[cfg(feature = "gpu")]
use crate::network::gpu::Gpu;
use crate::vgg16::{LAYERS, Layer};

/// Arithmetic on the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// 32-bit floats, by our own kernels.
    F32,
    /// 64-bit floats, by burn-flex: for checking the 32-bit results.
    #[cfg(feature = "double")]
    F64,
}

/// An opened device and the arithmetic used on it.
#[derive(Debug, Clone)]
pub struct Compute(pub(crate) Kind);

/// What computes.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Our own kernels on the CPU.
    #[cfg(feature = "cpu")]
    Cpu,
    /// Our own kernels on a GPU.
    #[cfg(feature = "gpu")]
    Gpu(Gpu),
    /// burn's operations on the CPU.
    #[cfg(feature = "double")]
    Double(double::Compute),
}

impl Compute {
    /// The CPU.
    #[cfg(feature = "cpu")]
    pub fn cpu(arithmetic: Arithmetic) -> Self {
        Self(match arithmetic {
            Arithmetic::F32 => Kind::Cpu,
            #[cfg(feature = "double")]
            Arithmetic::F64 => Kind::Double(double::Compute::open()),
        })
    }

    /// The GPU, through WebGPU in a browser and through Vulkan, Metal or DX12 natively. burn keeps the device for the
    /// life of the program: open it once and clone it.
    ///
    /// # Errors
    /// [`crate::Error::DeviceUnavailable`] with the driver's words.
    #[cfg(feature = "gpu")]
    pub async fn gpu() -> Result<Self> {
        Gpu::open().await.map(|gpu| Self(Kind::Gpu(gpu)))
    }
}

/// Whether there is a GPU that is not emulated on the CPU.
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
pub async fn has_real_gpu() -> bool {
    use burn::tensor::wgpu::wgpu;
    // burn's own choice: Vulkan, Metal, DX12. Asking OpenGL too prints complaints where there is no display.
    let backends = wgpu::Backends::PRIMARY;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapter = instance.request_adapter(&wgpu::RequestAdapterOptions::default()).await;
    adapter.is_ok_and(|adapter| adapter.get_info().device_type != wgpu::DeviceType::Cpu)
}

/// How many channels of a layer should climb together on a CPU or a GPU.
///
/// On the CPU as many as it has cores, which in a browser are other workers' own: there one. On the GPU as many as keep the activations of the backward pass
/// under 128 MiB, at most eight, so that a phone's memory and a browser's frame rate hold.
///
/// # Errors
/// [`crate::Error::ImageTooSmall`].
pub fn batch_size(gpu: bool, layer: &Layer, height: usize, width: usize) -> Result<usize> {
    layer.output_size(height, width)?;
    if !gpu {
        return Ok(cores());
    }
    let layers = &LAYERS[..=layer.position()];
    let values = |layer: &Layer| layer.channels * (height / layer.downsampling) * (width / layer.downsampling);
    let image_bytes: usize = layers.iter().map(|layer| values(layer) * size_of::<f32>()).sum();
    Ok(((128 << 20) / image_bytes.max(1)).clamp(1, 8))
}

/// Waits for a future where nothing but the device makes it ready (never in a browser).
#[cfg(not(target_arch = "wasm32"))]
pub fn wait<F: Future>(future: F) -> F::Output {
    pollster::block_on(future)
}

/// Cores that one channel each can be given.
pub(crate) fn cores() -> usize {
    if cfg!(target_arch = "wasm32") {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
