//! A file that people have, opened.

use std::ops::Range;

use super::Format;
use super::layers::Layers;
use super::network::{self, Chosen};
use super::parameter::Parameters;
use super::{hdf5, package, safetensors, torch};
#[cfg(feature = "cli")]
use super::{onnx, sharded};
use crate::settings::Preprocessing;
use crate::weights::bytes::InputFile;
use crate::weights::training::{self, Recognised};
use crate::weights::{Convolution, Index, Metadata, WeightsError, names};

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
        if format == Format::Torch
            && let Some(weights) = package::keras_weights(&input)?
        {
            let unpacked = Self::open_as(weights, Format::Hdf5, network)?;
            return Ok(Self {
                input,
                is_packed: true,
                ..unpacked
            });
        }
        Self::open_as(input, format, network)
    }

    /// Opens a file whose format is known, such as one that is only partly here.
    ///
    /// # Errors
    /// As [`Checkpoint::open_network`].
    pub fn open_as(input: InputFile, format: Format, network: Option<&str>) -> Result<Self, WeightsError> {
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
        Self::open_path_network(path, None)
    }

    /// As [`Checkpoint::open_path`], and of several VGG16s in a file the one of this name, as
    /// [`Checkpoint::open_network`]. A folder has one, whatever the name.
    ///
    /// # Errors
    /// As [`Checkpoint::open_network`], or of the index and its files.
    #[cfg(feature = "cli")]
    pub fn open_path_network(path: &std::path::Path, network: Option<&str>) -> Result<Self, WeightsError> {
        if path.is_dir() {
            return Self::open_index(&path.join(crate::weights::INDEX_FILE));
        }
        if path.to_string_lossy().ends_with(".index.json") {
            return Self::open_index(path);
        }
        Self::open_network(InputFile::open(path)?, network)
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

    /// The index that the file stands in for. A file says little of itself, its name and its kind: the rest is what its training
    /// is known for, or a guess.
    pub fn index(&self, recognised: Option<&Recognised>) -> Index {
        let name = self.input.name();
        let file = name.split(['?', '#']).next().unwrap_or(name);
        let short = file.trim_end_matches('/').rsplit('/').next().unwrap_or(file);
        let preprocessing = recognised.map_or_else(|| self.likely_preprocessing(), |known| known.preprocessing);
        let metadata = Metadata {
            name: recognised.map_or(short, |known| known.name).to_owned(),
            description: recognised.map_or_else(
                || format!("VGG16 as found in a {} file", self.format),
                |known| known.description(),
            ),
            licence: recognised.map_or("", |known| known.licence).to_owned(),
            source: name.to_owned(),
            ..Metadata::new(preprocessing)
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
        Format::Hdf5 => hdf5::open(input)?,
        Format::Torch => torch::open(input)?,
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
