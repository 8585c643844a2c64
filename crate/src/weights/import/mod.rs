//! Reading VGG16 out of the files people have: safetensors, Keras's HDF5, PyTorch's pickles and, natively, ONNX.
//!
//! A file is told by its first bytes, never by its name. Its directory is read and checked first; the numbers of a
//! layer follow when that layer is asked for. Nothing in a file is executed, and no length in it is believed before it
//! was compared with the file's.

mod format;
#[cfg(feature = "import")]
mod hdf5;
mod layers;
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

pub use format::Format;
#[cfg(all(feature = "web", feature = "import"))]
pub(crate) use format::of_beginning;
pub(crate) use format::refuse_other_contents;
pub(super) use layers::multi_index;

use std::ops::Range;

use super::bytes::InputFile;
use super::names;
use super::training::{self, Recognised};
use super::{Convolution, Index, Metadata, WeightsError};
use crate::settings::Preprocessing;
use layers::Layers;
use network::Chosen;
use parameter::Parameters;

/// A file of weights, opened: its directory is checked, its numbers are read layer by layer.
pub struct Checkpoint {
    input: InputFile,
    format: Format,
    /// Whether the weights are a file in this file.
    is_packed: bool,
    layers: Layers,
    parameters: Box<dyn Parameters>,
    /// What had to be assumed, in sentences.
    assumed: Vec<String>,
    /// What an index says of the model, where it says it.
    metadata: Option<Metadata>,
}

impl std::fmt::Debug for Checkpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Checkpoint")
            .field("input", &self.input)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Checkpoint {
    /// Opens a file of any known format that holds VGG16 from block1_conv1 to any convolution.
    ///
    /// # Errors
    /// A [`WeightsError`] naming the file, the tensor and the remedy.
    pub fn open(input: InputFile) -> Result<Self, WeightsError> {
        Self::open_network(input, None)
    }

    /// As [`Checkpoint::open`], and of several VGG16s in the file the one of this name, which
    /// [`WeightsError::SeveralNetworks`] lists; the last part of a name will do.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], or [`WeightsError::NoSuchNetwork`].
    pub fn open_network(input: InputFile, network: Option<&str>) -> Result<Self, WeightsError> {
        let format = Format::of(&input)?;
        #[cfg(feature = "import")]
        if format == Format::Torch
            && let Some(weights) = package::keras_weights(&input)?
        {
            let unpacked = Self::of_format(weights, Format::Hdf5, network)?;
            return Ok(Self {
                input,
                is_packed: true,
                ..unpacked
            });
        }
        Self::of_format(input, format, network)
    }

    /// Opens a file whose format is known, such as one that is only partly here.
    ///
    /// # Errors
    /// As [`Checkpoint::open`].
    pub fn open_as(input: InputFile, format: Format) -> Result<Self, WeightsError> {
        Self::of_format(input, format, None)
    }

    fn of_format(input: InputFile, format: Format, network: Option<&str>) -> Result<Self, WeightsError> {
        let chosen = chosen(&input, format, network)?;
        let layers = Layers::whole(input.name(), chosen.parameters.list())?;
        Ok(Self {
            input,
            format,
            is_packed: false,
            layers,
            parameters: chosen.parameters,
            assumed: chosen.assumed,
            metadata: None,
        })
    }

    /// Opens what lies at a path: a file of any known format, a folder with an index, or that index.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], or of the index and its files.
    #[cfg(feature = "cli")]
    pub fn open_path(path: &std::path::Path) -> Result<Self, WeightsError> {
        if path.is_dir() {
            return Self::open_index(&path.join(super::INDEX_FILE));
        }
        if path.to_string_lossy().ends_with(".index.json") {
            return Self::open_index(path);
        }
        Self::open(InputFile::open(path)?)
    }

    #[cfg(feature = "cli")]
    fn open_index(path: &std::path::Path) -> Result<Self, WeightsError> {
        let sharded = sharded::open(path)?;
        let ordinals: Vec<usize> = (0..=sharded.index.last_convolution()).collect();
        Ok(Self {
            layers: Layers::some(sharded.input.name(), sharded.list(), &ordinals)?,
            input: sharded.input.clone(),
            format: Format::Safetensors,
            is_packed: false,
            assumed: Vec::new(),
            metadata: sharded.metadata(),
            parameters: Box::new(sharded),
        })
    }

    /// What the folder's index says of the model; `None` for a single file, or where the index says nothing.
    pub const fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// The file; of a folder, its index.
    pub const fn input(&self) -> &InputFile {
        &self.input
    }

    /// What kind of file it is.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// What had to be assumed to find VGG16 in the file, in sentences for people; empty where names say it all.
    pub fn assumed(&self) -> &[String] {
        &self.assumed
    }

    /// How many convolutions the file holds, from block1_conv1 on; at least one.
    pub fn convolutions(&self) -> usize {
        self.layers.count()
    }

    /// Input and output channels of the convolution of this ordinal.
    pub fn channels(&self, ordinal: usize) -> Option<(usize, usize)> {
        self.layers.channels(ordinal)
    }

    /// Bytes of a convolution's numbers in the file, uncompressed; 0 beyond the last.
    pub fn bytes(&self, ordinal: usize) -> u64 {
        self.layers.bytes(ordinal, self.parameters.list())
    }

    /// Where the numbers of a convolution lie in the file, weight and bias, and their masks where they have any; empty where the format does not keep them in
    /// one piece, or in a file within this one.
    pub fn ranges(&self, ordinal: usize) -> Vec<Range<u64>> {
        let Some(indices) = self.layers.indices(ordinal).filter(|_| !self.is_packed) else {
            return Vec::new();
        };
        let ranges = indices.map(|index| self.parameters.range(index));
        let masks = indices.map(|index| self.parameters.mask_range(index));
        match ranges {
            [Some(weight), Some(bias)] => [weight, bias].into_iter().chain(masks.into_iter().flatten()).collect(),
            _ => Vec::new(),
        }
    }

    /// Name and element type of a convolution's weight and bias as the file has them.
    pub fn tensors(&self, ordinal: usize) -> Vec<(String, String)> {
        let list = self.parameters.list();
        let of = |index: usize| (list[index].name.clone(), list[index].element.to_string());
        self.layers
            .indices(ordinal)
            .map_or_else(Vec::new, |indices| indices.map(of).to_vec())
    }

    /// The training that the numbers of block1_conv1 are from, if it is a known one.
    ///
    /// # Errors
    /// As [`Checkpoint::convolution`].
    pub fn recognised(&self) -> Result<Option<Recognised>, WeightsError> {
        self.convolution(0).map(|first| training::recognise(&first))
    }

    /// The input scaling that files of this kind of names expect: Keras's VGG16 wants Caffe's, torchvision's and timm's
    /// their own. A guess: files do not say.
    pub fn likely_preprocessing(&self) -> Preprocessing {
        let parameters = self.parameters.list();
        let keras = parameters
            .iter()
            .any(|parameter| names::mentions_keras(&parameter.name));
        if keras || self.format == Format::Hdf5 {
            Preprocessing::Caffe
        } else {
            Preprocessing::Torch
        }
    }

    /// The index that the file stands in for. A file says little of itself: its name, its kind, and a guess.
    pub fn index(&self) -> Index {
        let name = self.input.name();
        let file = name.split(['?', '#']).next().unwrap_or(name);
        let short = file.trim_end_matches('/').rsplit('/').next().unwrap_or(file);
        let metadata = Metadata {
            name: short.to_owned(),
            description: format!("VGG16 as found in a {} file", self.format),
            source: name.to_owned(),
            ..Metadata::new(self.likely_preprocessing())
        };
        let bytes = (0..self.convolutions()).map(|ordinal| self.bytes(ordinal));
        Index::of_file(metadata, bytes.collect())
    }

    /// Reads and checks the numbers of a convolution.
    ///
    /// # Errors
    /// [`WeightsError::MissingTensor`] beyond the file's last convolution, [`WeightsError::NotFinite`] for a value that
    /// is not a number, or the format's own.
    pub fn convolution(&self, ordinal: usize) -> Result<Convolution, WeightsError> {
        self.layers
            .convolution(self.input.name(), ordinal, self.parameters.as_ref())
    }
}

/// The VGG16 of a file, or of several the one that is wanted.
fn chosen(input: &InputFile, format: Format, network: Option<&str>) -> Result<Chosen, WeightsError> {
    let tensors = match format {
        Format::Safetensors => safetensors::open_all(input)?,
        #[cfg(feature = "import")]
        Format::Hdf5 => hdf5::open(input)?,
        #[cfg(feature = "import")]
        Format::Torch => torch::open(input)?,
        #[cfg(not(feature = "import"))]
        Format::Hdf5 | Format::Torch => {
            return Err(WeightsError::UnknownFormat {
                file: input.name().to_owned(),
                problem: format!("this build does not read {format} files"),
            });
        }
        // A graph is one network, and its reader follows it.
        #[cfg(feature = "cli")]
        Format::Onnx => {
            return Ok(Chosen {
                parameters: onnx::open(input)?,
                assumed: Vec::new(),
            });
        }
    };
    network::choose(input.name(), tensors, network)
}

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
