//! Reading VGG16 out of the files people have: safetensors, Keras's HDF5, PyTorch's pickles and, natively, ONNX.
//!
//! A file is told by its first bytes, never by its name. Its directory is read and checked first; the numbers of a
//! layer follow when that layer is asked for. Nothing in a file is executed, and no length in it is believed before it
//! was compared with the file's. Without the feature `import` only the files are read that this library writes.

#[cfg(feature = "import")]
mod checkpoint;
mod contents;
#[cfg(feature = "import")]
mod format;
#[cfg(feature = "import")]
mod hdf5;
mod layers;
#[cfg(feature = "import")]
mod network;
#[cfg(feature = "cli")]
mod onnx;
#[cfg(feature = "import")]
mod package;
pub(crate) mod parameter;
pub(crate) mod safetensors;
#[cfg(feature = "cli")]
mod sharded;
#[cfg(feature = "import")]
mod torch;

#[cfg(feature = "import")]
pub use checkpoint::Checkpoint;
pub(crate) use contents::refuse_other_contents;
#[cfg(feature = "import")]
pub use format::Format;
#[cfg(all(feature = "web", feature = "import"))]
pub(crate) use format::of_beginning;
pub(super) use layers::multi_index;

use super::bytes::InputFile;
use super::{Convolution, WeightsError};
use layers::Layers;

/// Decodes the convolutions of these ordinals from the bytes of a safetensors file.
///
/// F16 and BF16 values are widened to f32, which is exact; F64 values are rounded to the nearest f32.
///
/// # Errors
/// A [`WeightsError`] naming the file and the tensor.
pub fn decode(file: &str, bytes: Vec<u8>, ordinals: &[usize]) -> Result<Vec<(usize, Convolution)>, WeightsError> {
    let input = InputFile::new(file, bytes);
    let parameters = safetensors::open(&input)?;
    let layers = Layers::some(file, parameters.list(), ordinals)?;
    ordinals
        .iter()
        .map(|&ordinal| Ok((ordinal, layers.convolution(file, ordinal, parameters.as_ref())?)))
        .collect()
}
