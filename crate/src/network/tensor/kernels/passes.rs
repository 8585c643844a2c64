//! The passes through the network as extensions of burn's GPU backend.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};
use burn_cubecl::CubeBackend;
use burn_cubecl::tensor::CubeTensor;

use super::pruned::{Pruned, Tape};

/// What burn's GPU backend can do beyond burn.
#[backend_extension(Cube)]
pub(super) trait Passes: Backend {
    /// The GPU's own tensor.
    fn primitive(tensor: FloatTensor<Self>) -> CubeTensor;

    /// From images [N, 3, H, W] to the last convolution's output, [N, 1, H', W'].
    fn forward(images: FloatTensor<Self>, network: &Pruned) -> (FloatTensor<Self>, Tape);

    /// From the gradient at that output, zero where its ReLU was closed, to that at the images.
    fn backward(gradient: FloatTensor<Self>, network: &Pruned, tape: &Tape) -> FloatTensor<Self>;
}

impl Passes for CubeBackend {
    fn primitive(tensor: CubeTensor) -> CubeTensor {
        tensor
    }

    fn forward(images: CubeTensor, network: &Pruned) -> (CubeTensor, Tape) {
        network.run(images)
    }

    fn backward(gradient: CubeTensor, network: &Pruned, tape: &Tape) -> CubeTensor {
        network.run_backward(gradient, tape)
    }
}
