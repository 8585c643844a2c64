//! What can be wrong with weights: which file, which tensor, what to do.

/// An error of the weight files or of getting them.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WeightsError {
    /// The browser is not connected.
    #[error("{file} cannot be fetched: this device is offline, and no copy is kept here; connect and try again.")]
    Offline {
        /// URL.
        file: String,
    },
    /// The host answers, but does not allow this page to read it.
    #[error(
        "{file} may not be read from this page: its host sends no Access-Control-Allow-Origin header for it; ask the host to add it, or download the file and open it from disk."
    )]
    CorsRefused {
        /// URL.
        file: String,
    },
    /// The host stopped sending.
    #[error("{file} stopped coming: no byte for {seconds} s after {tries} tries; check the connection and try again.")]
    Stalled {
        /// URL.
        file: String,
        /// Seconds waited each time.
        seconds: u32,
        /// How often it was tried.
        tries: u32,
    },
    /// The user or the page gave up.
    #[error("Loading {file} was cancelled; start again to go on where it stopped.")]
    Cancelled {
        /// URL.
        file: String,
    },
    /// The host gives only whole files, or the format needs the whole file.
    #[error(
        "{file} can only be had whole{}: {reason}; allow the full download, or convert the file to a folder.",
        size_phrase(*bytes)
    )]
    NeedsFullDownload {
        /// URL.
        file: String,
        /// Length of the file, where the host says so.
        bytes: Option<u64>,
        /// Why, as a clause.
        reason: String,
    },
    /// Another site's layers are larger than VGG16's.
    #[error(
        "{address} brings more than VGG16's layers have{}: from another site that is not fetched without asking; allow the full download, or choose another address.",
        size_phrase(*bytes)
    )]
    LargerThanVgg16 {
        /// URL of the folder or file.
        address: String,
        /// Bytes that would be fetched, where that is known.
        bytes: Option<u64>,
    },
    /// One file on a host, where only folders are read from hosts.
    #[error(
        "{file} is one file on a host; download it and give its path, or make a folder of it with `vggscope weights convert` and host that."
    )]
    FileOnHost {
        /// URL.
        file: String,
    },
    /// The answer to a request for a part of a file was not that part.
    #[error("{file} cannot be read in parts: {problem}; download the file and open it from disk, or try another host.")]
    WrongRange {
        /// URL.
        file: String,
        /// What came instead, as a clause.
        problem: String,
    },
    /// The file on the host is not the one whose first part was read.
    #[error("{file} changed on its host while it was being read: {problem}; start again.")]
    Changed {
        /// URL.
        file: String,
        /// What differs, as a clause.
        problem: String,
    },
    /// What another module said that read the file.
    #[error("{message}")]
    Imported {
        /// Its code.
        code: String,
        /// Its message, which names the file.
        message: String,
    },
    /// None of a model's addresses gave its weights.
    #[error(
        "None of {count} addresses gave these weights.\n{said}\nAllow these hosts in this network, put the weights on a host of \
         your own, or download the file and open it from disk."
    )]
    NoSource {
        /// How many were tried.
        count: usize,
        /// What each of them said, a line each.
        said: String,
    },
    #[cfg(feature = "cli")]
    /// A file that is no catalogue of models.
    #[error("{file} is not a catalogue of models: {problem}; mend it, or give another file with --models.")]
    NotACatalogue {
        /// Path.
        file: String,
        /// What is wrong, as a clause.
        problem: String,
    },
    #[cfg(feature = "cli")]
    /// A model that a catalogue does not have.
    #[error("There is no model \"{id}\" in {file}; choose one of {}.", models.join(", "))]
    UnknownModel {
        /// The id asked for.
        id: String,
        /// The catalogue.
        file: String,
        /// The ids there are.
        models: Vec<String>,
    },
    #[cfg(feature = "cli")]
    /// A model of a catalogue that can be opened nowhere.
    #[error("The model \"{id}\" cannot be opened here. {said} {remedy}")]
    ModelNotHere {
        /// Its id.
        id: String,
        /// What was looked for, and what was wrong with what is there, as sentences.
        said: String,
        /// What to do, as a sentence.
        remedy: String,
    },
    #[cfg(feature = "cli")]
    /// A model of a catalogue that lies on no host.
    #[error(
        "The model \"{id}\" has no address on a host: it lies beside its catalogue, in {place}; open it with `vggscope render --model {id}`."
    )]
    NothingToFetch {
        /// Its id.
        id: String,
        /// Its sources.
        place: String,
    },
    /// A file that could not be written.
    #[error("{file} could not be written: {cause}; choose another folder or free some space.")]
    Unwritable {
        /// Path.
        file: String,
        /// The operating system's words.
        cause: String,
    },
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
        "{file} is not there: {}; {}.",
        answer(status),
        remedy(status, "check the address and that the whole folder was uploaded")
    )]
    NotFound {
        /// File name or URL.
        file: String,
        /// HTTP status, or the operating system's words.
        status: String,
    },
    /// A host that has neither a file nor a folder at an address that may be either's.
    #[error(
        "{address} is neither a weight file nor a folder with model.safetensors.index.json: {}; {}.",
        answer(status),
        remedy(status, "check the address")
    )]
    NothingThere {
        /// URL.
        address: String,
        /// HTTP status of the answer.
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
        "{file} has {actual} bytes where {expected} are promised: the download or the upload was cut short; try again, or upload the file again."
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
    /// A file without a byte.
    #[error("{file} is empty; download or upload it again.")]
    Empty {
        /// File name or URL.
        file: String,
    },
    /// A file of no known format.
    #[error("{file} is not a weight file of a known kind: {problem}; give a .safetensors, .h5 or .pth file of VGG16.")]
    UnknownFormat {
        /// File name or URL.
        file: String,
        /// What it looks like.
        problem: String,
    },
    /// A file that breaks its own format's rules.
    #[error("{file} is not a readable {format} file: {problem}; download or export it again.")]
    Malformed {
        /// File name or URL.
        file: String,
        /// The format, such as `safetensors`.
        format: &'static str,
        /// What is wrong, as a clause.
        problem: String,
    },
    #[cfg(feature = "import")]
    /// A pickle that asks for more than tensors: never executed.
    #[error(
        "{file} asks Python for {global}, which no tensor needs: refused, and nothing in it was executed; get the file from its publisher, or use a .safetensors file."
    )]
    UnsafePickle {
        /// File name.
        file: String,
        /// The global asked for, `module.name`.
        global: String,
    },
    #[cfg(feature = "import")]
    /// A network that is not VGG16.
    #[error("{file} is {network}, and only VGG16 is read: {seen}; give a file of VGG16.")]
    OtherNetwork {
        /// File name.
        file: String,
        /// What it is, such as `a VGG19`.
        network: String,
        /// How one sees that, as a clause.
        seen: String,
    },
    #[cfg(feature = "import")]
    /// More than one VGG16 in a file.
    #[error("{file} holds several VGG16s: {}; choose one by its name: --network NAME, or network=NAME in a link.", networks.join(", "))]
    SeveralNetworks {
        /// File name.
        file: String,
        /// Their names.
        networks: Vec<String>,
    },
    #[cfg(feature = "import")]
    /// A network that was asked for and is not in the file.
    #[error("{file} holds no VGG16 named {wanted}: {}.", named_networks(networks))]
    NoSuchNetwork {
        /// File name.
        file: String,
        /// The name asked for.
        wanted: String,
        /// The names there are.
        networks: Vec<String>,
    },
    #[cfg(feature = "import")]
    /// NumPy's zip of arrays.
    #[error(
        "{file} is a NumPy archive of arrays, which is not read; convert it in Python: safetensors.numpy.save_file(dict(numpy.load(\"{file}\")), \"vgg16.safetensors\")."
    )]
    NumpyArchive {
        /// File name.
        file: String,
    },
    #[cfg(feature = "import")]
    /// A model pickled with its class, which only the program that made it can load: never executed.
    #[error(
        "{file} is a whole model, pickled with its class {class}, and nothing in it was executed; where you trust the file, load it in Python, torch.save(model.state_dict(), \"vgg16.pth\") and open that file."
    )]
    WholeModel {
        /// File name.
        file: String,
        /// The class asked for, `module.name`.
        class: String,
    },
    /// A parameter that a deeper layer or the index calls for is not there.
    #[error("{file} lacks {tensor}; get the whole file, or make it again.")]
    MissingTensor {
        /// File name.
        file: String,
        /// Tensor name, with what else is known of it.
        tensor: String,
    },
    /// The same parameter twice.
    #[error("{tensor} is in {file} twice; which one is meant cannot be known: export the file again.")]
    DuplicateTensor {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
    },
    /// A tensor that does not fit VGG16.
    #[error("{tensor} in {file} {problem}; this is not a VGG16.")]
    WrongShape {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// What is wrong with the shape.
        problem: String,
    },
    /// Element type that is not a float.
    #[error(
        "{tensor} in {file} holds {dtype} numbers; F16, BF16, F32 or F64 are needed: export the weights as floats."
    )]
    WrongDtype {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// The type found.
        dtype: String,
    },
    #[cfg(feature = "cli")]
    /// A download that is not the file its publisher describes.
    #[error(
        "{file} is not the file that was published: its {algorithm} is {actual} where {expected} is right; the download was removed: fetch it again, or from another address."
    )]
    WrongDownload {
        /// URL.
        file: String,
        /// md5 or sha256.
        algorithm: &'static str,
        /// The digest published, or its beginning, hex.
        expected: String,
        /// The digest found, hex.
        actual: String,
    },
    /// A value beyond what 16-bit floats hold.
    #[error("{tensor} holds {value} at element {element:?}, and 16-bit floats end at 65504; use 32-bit floats.")]
    TooLargeForF16 {
        /// Tensor name.
        tensor: String,
        /// Index in the tensor, output channel first, from 0.
        element: Vec<usize>,
        /// The value.
        value: f32,
    },
    /// A value that is infinite or not a number.
    #[error(
        "{tensor} in {file} holds {value} at element {element:?}; weights must be finite numbers: get an undamaged file."
    )]
    NotFinite {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// Index in the tensor as the file stores it, from 0.
        element: Vec<usize>,
        /// The value.
        value: f32,
    },
}

/// What a host's status means; the operating system's words as they are.
fn answer(status: &str) -> String {
    if status.starts_with(|first: char| first.is_ascii_digit()) {
        format!("the host answered {status}")
    } else {
        status.to_owned()
    }
}

/// What to do; a host that wants to know who asks may have given a signature once that has run out since.
fn remedy(status: &str, usual: &'static str) -> &'static str {
    if ["401", "403", "407"].iter().any(|refusal| status.starts_with(refusal)) {
        "check the address, that nobody has to sign in for it and that its signature has not run out"
    } else {
        usual
    }
}

/// " (528 MB)", or nothing where the size is not known.
fn size_phrase(bytes: Option<u64>) -> String {
    bytes.map_or_else(String::new, |bytes| format!(" ({:.1} MB)", bytes as f64 / 1e6))
}

/// Which networks there are, as a clause.
#[cfg(feature = "import")]
fn named_networks(networks: &[String]) -> String {
    match networks {
        [] => "it holds none at all; leave the name out to see what it is".to_owned(),
        networks => format!("choose one of {}", networks.join(", ")),
    }
}

impl WeightsError {
    /// Whether a host was asked and has no weights at this address, as far as a page may know.
    pub fn says_nothing_is_there(&self) -> bool {
        const CODES: [&str; 3] = ["weights-web-page", "weights-empty", "weights-unknown-format"];
        match self {
            Self::Imported { code, .. } => CODES.contains(&code.as_str()),
            Self::NotFound { .. }
            | Self::WebPage { .. }
            | Self::CorsRefused { .. }
            | Self::Empty { .. }
            | Self::UnknownFormat { .. } => true,
            _ => false,
        }
    }

    /// Whether the way to the host failed, or was left, rather than the host.
    pub const fn is_about_the_way(&self) -> bool {
        matches!(
            self,
            Self::Offline { .. } | Self::Stalled { .. } | Self::Cancelled { .. } | Self::Unreachable { .. }
        )
    }

    /// Whether the same weights may come from another address.
    pub const fn is_about_the_host(&self) -> bool {
        !matches!(self, Self::Cancelled { .. } | Self::Offline { .. })
    }

    /// Bytes of the download that is asked about.
    pub const fn bytes(&self) -> Option<u64> {
        match self {
            Self::NeedsFullDownload { bytes, .. } | Self::LargerThanVgg16 { bytes, .. } => *bytes,
            _ => None,
        }
    }

    /// A short name for programs: kebab-case, stable.
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable { .. } => "weights-unreachable",
            Self::NotFound { .. } | Self::NothingThere { .. } => "weights-not-found",
            Self::WebPage { .. } => "weights-web-page",
            Self::Imported { code, .. } => code,
            Self::Offline { .. } => "weights-offline",
            Self::CorsRefused { .. } => "weights-cors-refused",
            Self::Stalled { .. } => "weights-stalled",
            Self::Cancelled { .. } => "weights-cancelled",
            Self::FileOnHost { .. } | Self::NeedsFullDownload { .. } | Self::LargerThanVgg16 { .. } => {
                "weights-needs-full-download"
            }
            Self::NoSource { .. } => "weights-no-source",
            #[cfg(feature = "cli")]
            Self::NotACatalogue { .. } => "weights-not-a-catalogue",
            #[cfg(feature = "cli")]
            Self::UnknownModel { .. } => "weights-unknown-model",
            #[cfg(feature = "cli")]
            Self::ModelNotHere { .. } => "weights-model-not-here",
            #[cfg(feature = "cli")]
            Self::NothingToFetch { .. } => "weights-nothing-to-fetch",
            Self::WrongRange { .. } => "weights-wrong-range",
            Self::Changed { .. } => "weights-changed",
            Self::Unwritable { .. } => "weights-unwritable",
            Self::LfsPointer { .. } => "weights-lfs-pointer",
            Self::Empty { .. } => "weights-empty",
            Self::UnknownFormat { .. } => "weights-unknown-format",
            Self::Malformed { .. } => "weights-malformed",
            #[cfg(feature = "import")]
            Self::UnsafePickle { .. } => "weights-unsafe-pickle",
            #[cfg(feature = "import")]
            Self::OtherNetwork { .. } => "weights-other-network",
            #[cfg(feature = "import")]
            Self::SeveralNetworks { .. } => "weights-several-networks",
            #[cfg(feature = "import")]
            Self::NoSuchNetwork { .. } => "weights-no-such-network",
            #[cfg(feature = "import")]
            Self::NumpyArchive { .. } => "weights-numpy-archive",
            #[cfg(feature = "import")]
            Self::WholeModel { .. } => "weights-whole-model",
            Self::DuplicateTensor { .. } => "weights-duplicate-tensor",
            Self::NotAnIndex { .. } => "weights-not-an-index",
            Self::Truncated { .. } => "weights-truncated",
            Self::Checksum { .. } => "weights-checksum",
            Self::MissingTensor { .. } => "weights-missing-tensor",
            Self::WrongShape { .. } => "weights-wrong-shape",
            Self::WrongDtype { .. } => "weights-wrong-dtype",
            #[cfg(feature = "cli")]
            Self::WrongDownload { .. } => "weights-checksum",
            Self::TooLargeForF16 { .. } => "weights-too-large",
            Self::NotFinite { .. } => "weights-not-finite",
        }
    }
}
