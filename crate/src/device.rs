//! Where the network is computed: on the CPU or on the GPU.

#[cfg(feature = "gpu")]
use std::time::Duration;
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
use std::time::Instant;

use crate::error::{Error, Result};
#[cfg(feature = "double")]
use crate::network::double;
#[cfg(feature = "gpu")]
use crate::network::gpu::{Gpu, Sums};
use crate::network::size::largest_tensor;
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

    /// How many channels of a layer should climb together.
    ///
    /// On the CPU as many as it has cores, which in a browser are other workers' own: there one. On a GPU as many as its
    /// memory should be asked for: up to a whole grid where it has units for them. Where it may have to draw a page as well,
    /// eight at the most, so that their steps are short.
    ///
    /// # Errors
    /// [`crate::Error::ImageTooSmall`].
    pub fn batch_size(&self, layer: &Layer, height: usize, width: usize) -> Result<usize> {
        layer.output_size(height, width)?;
        if !self.is_gpu() {
            return Ok(cores());
        }
        let layers = &LAYERS[..=layer.position()];
        let values = |layer: &Layer| layer.channels * (height / layer.downsampling) * (width / layer.downsampling);
        let image_bytes: usize = layers.iter().map(|layer| values(layer) * size_of::<f32>()).sum();
        let many = self.slices() && !cfg!(target_arch = "wasm32");
        let (bytes, most) = if many { (1 << 30, 40) } else { (128 << 20, 8) };
        let most = most.min(self.images_at_once(layer, (height, width)));
        Ok((bytes / image_bytes.max(1)).clamp(1, most))
    }

    /// How many images the GPU's buffers may hold; one at least, which may prove too large.
    fn images_at_once(&self, layer: &Layer, size: (usize, usize)) -> usize {
        let convolutions = LAYERS.iter().filter(|layer| layer.is_convolution());
        let channels: Vec<usize> = convolutions.map(|layer| layer.channels).collect();
        let bytes = largest_tensor(&channels[..layer.last_convolution()], size);
        usize::try_from(self.most_bytes() / bytes).unwrap_or(usize::MAX).max(1)
    }

    /// Whether the device takes so many images at once. `channels` are those of the convolutions before the layer's last.
    pub(crate) fn check_room(
        &self,
        layer: &'static Layer,
        channels: &[usize],
        images: usize,
        (height, width): (usize, usize),
    ) -> Result<()> {
        let bytes = images as u64 * largest_tensor(channels, (height, width));
        let most = self.most_bytes();
        if bytes <= most {
            return Ok(());
        }
        Err(Error::ImageTooLarge {
            layer: layer.name,
            height,
            width,
            bytes,
            most,
        })
    }

    /// Bytes that one tensor may have.
    fn most_bytes(&self) -> u64 {
        match &self.0 {
            #[cfg(feature = "gpu")]
            Kind::Gpu(gpu) => gpu.most_bytes(),
            #[allow(unreachable_patterns, reason = "not where the GPU is all there is")]
            _ => u64::MAX,
        }
    }

    /// Whether this is a GPU.
    pub const fn is_gpu(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "gpu")]
            Kind::Gpu(_) => true,
            #[allow(unreachable_patterns, reason = "not where the GPU is all there is")]
            _ => false,
        }
    }

    /// Whether the GPU's kernels sum small maps in slices, side by side: faster on a GPU of many units, slower on one that is
    /// emulated. Never on a CPU.
    pub fn slices(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "gpu")]
            Kind::Gpu(gpu) => gpu.sums() == Sums::InSlices,
            #[allow(unreachable_patterns, reason = "not where the GPU is all there is")]
            _ => false,
        }
    }

    /// Chooses that for everything that begins from now on. The last bits of results change with it, so it is chosen once
    /// after the device was opened.
    #[cfg(feature = "gpu")]
    pub fn set_slices(&self, slices: bool) {
        #[allow(irrefutable_let_patterns, reason = "where the GPU is all there is")]
        if let Kind::Gpu(gpu) = &self.0 {
            gpu.set_sums(if slices { Sums::InSlices } else { Sums::Whole });
        }
    }

    /// The GPU with what suits it chosen.
    ///
    /// # Errors
    /// Those of [`Self::gpu`] and [`Self::measure_slices`].
    #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
    pub async fn tuned_gpu() -> Result<Self> {
        let gpu = Self::gpu().await?;
        let begun = Instant::now();
        gpu.set_slices(gpu.measure_slices(|| begun.elapsed()).await?);
        Ok(gpu)
    }

    /// Measures whether slices are faster on this device, in some hundredths of a second once its kernels have been compiled.
    /// `now` is a clock.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`].
    #[cfg(feature = "gpu")]
    pub async fn measure_slices(&self, now: impl Fn() -> Duration) -> Result<bool> {
        match &self.0 {
            Kind::Gpu(gpu) => Ok(gpu.measure_sums(now).await? == Sums::InSlices),
            #[allow(unreachable_patterns, reason = "not where the GPU is all there is")]
            _ => Ok(false),
        }
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
