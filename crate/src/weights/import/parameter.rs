//! One tensor of a file that is a parameter of a VGG16 convolution.

use std::fmt;

use crate::weights::names::{KernelOrder, Part};

/// What a tensor's numbers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Element {
    /// 16-bit IEEE float: widened, which is exact.
    F16,
    /// bfloat16: widened, which is exact.
    BF16,
    /// 32-bit IEEE float.
    F32,
    /// 64-bit IEEE float: rounded to the nearest 32-bit one.
    F64,
    /// Anything else, as the format calls it: refused with this name.
    Other(String),
}

impl Element {
    /// Bytes of one number; of others than floats, which are never read, a guess.
    pub(crate) const fn bytes(&self) -> u64 {
        match self {
            Self::F16 | Self::BF16 => 2,
            Self::F32 | Self::Other(_) => 4,
            Self::F64 => 8,
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(name) => formatter.write_str(name),
            float => write!(formatter, "{float:?}"),
        }
    }
}

/// A tensor that stands for the weight or the bias of a convolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Position among VGG16's convolutions, from 0.
    pub(crate) ordinal: usize,
    pub(crate) part: Part,
    /// Order of a weight's four dimensions; of no meaning for a bias.
    pub(crate) order: KernelOrder,
    /// As the file spells it, for messages.
    pub(crate) name: String,
    pub(crate) shape: Vec<u64>,
    pub(crate) element: Element,
}

impl Parameter {
    /// Number of elements; `None` when the shape's product overflows.
    pub(crate) fn elements(&self) -> Option<u64> {
        self.shape
            .iter()
            .try_fold(1_u64, |product, &side| product.checked_mul(side))
    }
}

/// An opened file of one format: which of VGG16's parameters it holds, and their values.
pub(crate) trait Parameters: Send + Sync {
    /// Every parameter of a convolution in the file, in any order. Twice the same is the caller's to refuse.
    fn list(&self) -> &[Parameter];

    /// The values of `list()[index]`, in the order of the file (last dimension fastest), as f32.
    ///
    /// # Errors
    /// A [`crate::weights::WeightsError`] naming the file and the tensor.
    fn values(&self, index: usize) -> Result<Vec<f32>, crate::weights::WeightsError>;

    /// Where the bytes of `list()[index]` lie in the file, where the format keeps them in one piece.
    fn range(&self, _index: usize) -> Option<std::ops::Range<u64>> {
        None
    }

    /// Where what is multiplied with `list()[index]` lies, where there is such a tensor in one piece.
    fn mask_range(&self, _index: usize) -> Option<std::ops::Range<u64>> {
        None
    }
}

/// A tensor of a file, whatever it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tensor {
    /// As the file spells it, for messages.
    pub(crate) name: String,
    /// The name with all that the file says of it beside: the dict it is in, its layer's own name.
    pub(crate) path: String,
    /// Empty where the format did not look.
    pub(crate) shape: Vec<u64>,
    pub(crate) element: Element,
}

/// An opened file of one format: its tensors, in the file's order, and their values.
pub(crate) trait Tensors: Send + Sync {
    fn list(&self) -> &[Tensor];

    /// Refuses a tensor whose numbers are not where the file says, or not as it says.
    ///
    /// # Errors
    /// A [`crate::weights::WeightsError`] naming the file and the tensor.
    fn check(&self, _index: usize) -> Result<(), crate::weights::WeightsError> {
        Ok(())
    }

    /// The values of `list()[index]`, in the order of the file (last dimension fastest), as f32.
    ///
    /// # Errors
    /// A [`crate::weights::WeightsError`] naming the file and the tensor.
    fn values(&self, index: usize) -> Result<Vec<f32>, crate::weights::WeightsError>;

    /// Where the bytes of `list()[index]` lie in the file, where the format keeps them in one piece.
    fn range(&self, index: usize) -> Option<std::ops::Range<u64>>;

    /// Whether kernels are stored turned by 180 degrees.
    fn turning(&self) -> Turning {
        Turning::No
    }
}

/// Whether a file's kernels are turned by 180 degrees, as Theano has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "import"), allow(dead_code, reason = "only HDF5 has turned kernels"))]
pub(crate) enum Turning {
    No,
    Yes,
    /// The file does not say it, and some of its kind are.
    Unsaid,
}

/// Little-endian bytes as f32; `None` for an element type that is not a float or a length that does not fit.
pub(crate) fn floats(element: &Element, bytes: &[u8]) -> Option<Vec<f32>> {
    use half::{bf16, f16};
    fn convert<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Option<Vec<f32>> {
        let (chunks, rest) = bytes.as_chunks();
        rest.is_empty()
            .then(|| chunks.iter().map(|&chunk| number(chunk)).collect())
    }
    match element {
        Element::F16 => convert(bytes, |chunk| f16::from_le_bytes(chunk).to_f32()),
        Element::BF16 => convert(bytes, |chunk| bf16::from_le_bytes(chunk).to_f32()),
        Element::F32 => convert(bytes, f32::from_le_bytes),
        Element::F64 => convert(bytes, |chunk| f64::from_le_bytes(chunk) as f32),
        Element::Other(_) => None,
    }
}
