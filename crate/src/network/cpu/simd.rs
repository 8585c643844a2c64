//! What all kernels share: how channels are laid out, and how vector code is chosen.
//!
//! Kernels are written once, generic over pulp's [`Simd`]: 128-bit vectors in wasm and on ARM, 256-bit ones with fused
//! multiply-add on x86 processors that have them, found out when the program runs.

use pulp::{Arch, Simd, WithSimd};

/// Channels are padded with zeros to a multiple of this, so that every vector is full.
pub(super) const BLOCK: usize = 16;

/// Channels as they lie in memory.
pub(super) const fn padded(channels: usize) -> usize {
    channels.next_multiple_of(BLOCK)
}

/// Runs a kernel with the best vectors there are.
pub(super) fn run<K: WithSimd>(kernel: K) -> K::Output {
    Arch::new().dispatch(kernel)
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
