//! What can be wrong with weights: which file, which tensor, what to do.

/// An error of the weight files or of getting them.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WeightsError {
    /// No answer: no connection, a refused cross-origin request, an unreadable file.
    #[error(
        "{file} could not be read: {cause}; check the address, the connection and, on another host, its CORS header."
    )]
    Unreachable {
        /// File name or URL.
        file: String,
        /// The reason given.
        cause: String,
    },
    /// The host answered with an error status.
    #[error(
        "{file} is not there: the host answered {status}; check the address and that the whole folder was uploaded."
    )]
    NotFound {
        /// File name or URL.
        file: String,
        /// HTTP status, or the operating system's words.
        status: String,
    },
    /// A web page where a weight file was expected.
    #[error("{file} is a web page, not a weight file: hosts answer so when a file is missing; check the address.")]
    WebPage {
        /// File name or URL.
        file: String,
    },
    /// A Git LFS pointer where a weight file was expected.
    #[error("{file} is a Git LFS pointer, not the file itself; upload the file that it stands for.")]
    LfsPointer {
        /// File name or URL.
        file: String,
    },
    /// The index is not an index.
    #[error("{file} is not an index of weights: {problem}; make the folder again or choose another.")]
    NotAnIndex {
        /// File name or URL.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// A file of the wrong length.
    #[error(
        "{file} has {actual} bytes where the index promises {expected}: the download or the upload was cut short; try again, or upload the file again."
    )]
    Truncated {
        /// File name.
        file: String,
        /// Bytes promised.
        expected: u64,
        /// Bytes there.
        actual: u64,
    },
    /// Right length, wrong contents.
    #[error(
        "{file} has sha256 {actual} where the index promises {expected}: the file was changed or damaged; upload it again."
    )]
    Checksum {
        /// File name.
        file: String,
        /// sha256 promised, hex.
        expected: String,
        /// sha256 found, hex.
        actual: String,
    },
    /// Not a safetensors file.
    #[error("{file} is not a readable safetensors file: {problem}; make or upload it again.")]
    Malformed {
        /// File name.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// A tensor the index promises is not in its file.
    #[error("{file} lacks {tensor}; make the folder again.")]
    MissingTensor {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
    },
    /// A tensor that does not fit VGG16.
    #[error("{tensor} in {file} {problem}; this is not a VGG16 in OIHW order.")]
    WrongShape {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// What is wrong with the shape.
        problem: String,
    },
    /// Element type other than F32, F16 and BF16.
    #[error("{tensor} in {file} holds {dtype} numbers; F32, F16 or BF16 are needed.")]
    WrongDtype {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// The type found.
        dtype: String,
    },
    /// A value that is infinite or not a number.
    #[error("{tensor} in {file} holds {value} at element {element}; weights must be finite numbers.")]
    NotFinite {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// Position in the tensor, OIHW order.
        element: usize,
        /// The value.
        value: f32,
    },
}

impl WeightsError {
    /// A short name for programs: kebab-case, stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "weights-unreachable",
            Self::NotFound { .. } => "weights-not-found",
            Self::WebPage { .. } => "weights-web-page",
            Self::LfsPointer { .. } | Self::Malformed { .. } => "weights-malformed",
            Self::NotAnIndex { .. } => "weights-not-an-index",
            Self::Truncated { .. } => "weights-truncated",
            Self::Checksum { .. } => "weights-checksum",
            Self::MissingTensor { .. } => "weights-missing-tensor",
            Self::WrongShape { .. } => "weights-wrong-shape",
            Self::WrongDtype { .. } => "weights-wrong-dtype",
            Self::NotFinite { .. } => "weights-not-finite",
        }
    }
}
