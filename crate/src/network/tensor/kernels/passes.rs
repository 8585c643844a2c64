//! The way into burn's GPU backend and out of it: tensors as the kernels see them.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;

/// What burn's GPU backend can do beyond burn.
#[backend_extension(Cube)]
trait Opened: Backend {
    /// The GPU's own tensor.
    fn primitive(tensor: FloatTensor<Self>) -> CubeTensor;
}

impl Opened for CubeBackend {
    fn primitive(tensor: CubeTensor) -> CubeTensor {
        tensor
    }
}

/// The GPU's own tensor in a burn tensor, in row-major order.
pub(super) fn primitive<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    into_contiguous(Dispatch::primitive(tensor.into_dispatch()))
}

/// A burn tensor of the GPU's own.
pub(super) fn tensor<const D: usize>(primitive: CubeTensor) -> Tensor<D> {
    Tensor::from_primitive::<CubeBackend>(primitive)
}
