//! What all kernels share: how channels are laid out, and how vector code is chosen.
//!
//! Kernels are written once, generic over pulp's [`Simd`]: 128-bit vectors in wasm and on ARM, 512-bit or 256-bit ones with
//! fused multiply-add on x86 processors that have them, found out when the program runs.

use pulp::{Simd, WithSimd};

/// Channels are padded with zeros to a multiple of this, so that every vector is full.
pub(super) const BLOCK: usize = 16;

/// Channels as they lie in memory.
pub(super) const fn padded(channels: usize) -> usize {
    channels.next_multiple_of(BLOCK)
}

/// Runs a kernel with the best vectors that this processor has.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn run<K: WithSimd>(kernel: K) -> K::Output {
    pulp::Arch::new().dispatch(kernel)
}

/// Runs a kernel with 128-bit vectors, without which the browser would not have compiled the module.
#[cfg(target_arch = "wasm32")]
pub(super) fn run<K: WithSimd>(kernel: K) -> K::Output {
    match pulp::wasm::Simd128::try_new() {
        Some(simd) => Simd::vectorize(simd, kernel),
        None => unreachable!("the build turns simd128 on"),
    }
}

/// Numbers of a vector.
pub(super) fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    run(Lanes)
}

/// Values as vectors; their number is a multiple of [`BLOCK`].
#[inline(always)]
pub(super) fn vectors<S: Simd>(values: &[f32]) -> &[S::f32s] {
    S::as_simd_f32s(values).0
}

/// The same, to write to.
#[inline(always)]
pub(super) fn vectors_mut<S: Simd>(values: &mut [f32]) -> &mut [S::f32s] {
    S::as_mut_simd_f32s(values).0
}
