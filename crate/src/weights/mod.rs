//! Weights on a static host: an index, and one safetensors file per layer.
//!
//! ```text
//! <model>/model.safetensors.index.json           which tensor is in which file, and what the model is
//! <model>/<layer>-<sha256, 8 hex>.safetensors    <layer>.weight (OIHW) and <layer>.bias; F32, F16 or BF16
//! ```
//!
//! Only the files up to the layer shown are read, and each is checked before use: length, sha256, element types,
//! shapes that fit the layer before, finite values. The topology is VGG16's, the widths are the file's.

pub mod address;
pub mod asking;
pub mod bytes;
#[cfg(feature = "cli")]
pub mod catalogue;
#[cfg(feature = "cli")]
pub mod convert;
mod convolution;
#[cfg(feature = "cli")]
mod digest;
#[cfg(feature = "cli")]
pub mod download;
mod error;
#[cfg(feature = "cli")]
mod http;
#[cfg_attr(
    not(feature = "import"),
    expect(
        dead_code,
        reason = "readers of others' files share their parts with the one of this library's own"
    )
)]
pub(crate) mod import;
pub(crate) mod index;
#[cfg(feature = "cli")]
pub mod known;
mod names;
pub(crate) mod packed;
#[cfg(feature = "cli")]
mod remote;
#[cfg(feature = "cli")]
mod staging;
#[cfg(feature = "import")]
pub mod training;
pub mod transfer;
pub mod untrained;
mod write;

#[cfg(feature = "cli")]
pub mod source;
#[cfg(feature = "cli")]
pub mod verify;

pub use convolution::Convolution;
pub use error::WeightsError;
pub use import::decode;
#[cfg(feature = "import")]
pub use import::{Checkpoint, Format};
pub use index::{INDEX_FILE, Index, Metadata, ShardFacts};
pub use write::{FolderWriter, Precision, shard, write_folder};

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::vgg16::{CONVOLUTIONS, LAYERS, Layer};
use packed::Packed;

/// A model's weights as far as they have been given: the index, and the layers decoded so far, in memory that a
/// [`crate::network::Network`] on the CPU shares.
#[derive(Debug, Clone)]
pub struct Weights {
    index: Index,
    layers: Vec<Option<Arc<Packed>>>,
}

impl Weights {
    /// No layers yet.
    pub fn new(index: Index) -> Self {
        Self {
            index,
            layers: vec![None; CONVOLUTIONS],
        }
    }

    /// The model's index.
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Files still needed to compute `layer`, lowest layer first, each once.
    ///
    /// # Errors
    /// [`Error::LayerNotInModel`] when the model ends before the layer.
    pub fn missing(&self, layer: &'static Layer) -> Result<Vec<String>> {
        Ok(self.index.files_of(self.missing_convolutions(layer)?))
    }

    /// Ordinals of the convolutions still needed to compute `layer`, lowest first.
    ///
    /// # Errors
    /// [`Error::LayerNotInModel`] when the model ends before the layer.
    pub fn missing_convolutions(&self, layer: &'static Layer) -> Result<Vec<usize>> {
        let last = self.index.last_convolution();
        if layer.last_convolution() > last {
            let last = Layer::convolution(last).map_or("nothing", |layer| layer.name);
            return Err(Error::LayerNotInModel {
                layer: layer.name,
                last,
            });
        }
        Ok((0..=layer.last_convolution())
            .filter(|&ordinal| self.layers[ordinal].is_none())
            .collect())
    }

    /// Checks a file's bytes and keeps the layers in it.
    ///
    /// # Errors
    /// A [`WeightsError`] naming the file, the tensor and the remedy; nothing kept before is lost.
    pub fn insert(&mut self, file: &str, bytes: Vec<u8>) -> std::result::Result<(), WeightsError> {
        self.index.check_file(file, &bytes)?;
        for (ordinal, convolution) in decode(file, bytes, &self.index.ordinals(file))? {
            self.put(file, ordinal, convolution)?;
        }
        Ok(())
    }

    /// Keeps a convolution read from `file`, if its width fits the layer before.
    ///
    /// # Errors
    /// [`WeightsError::WrongShape`].
    pub fn put(
        &mut self,
        file: &str,
        ordinal: usize,
        convolution: Convolution,
    ) -> std::result::Result<(), WeightsError> {
        self.check_fit(file, ordinal, &convolution)?;
        if let Some(layer) = self.layers.get_mut(ordinal) {
            *layer = Some(Arc::new(Packed::new(&convolution)));
        }
        Ok(())
    }

    fn check_fit(
        &self,
        file: &str,
        ordinal: usize,
        convolution: &Convolution,
    ) -> std::result::Result<(), WeightsError> {
        let before = match ordinal {
            0 => Some(3),
            _ => self
                .layers
                .get(ordinal - 1)
                .and_then(Option::as_ref)
                .map(|layer| layer.out_channels()),
        };
        match before {
            Some(expected) if expected != convolution.in_channels => Err(WeightsError::WrongShape {
                file: file.to_owned(),
                tensor: names::weight(ordinal),
                problem: format!(
                    "has {} input channels where the layer before gives {expected}",
                    convolution.in_channels
                ),
            }),
            _ => Ok(()),
        }
    }

    /// The weights of the convolution of this ordinal.
    ///
    /// # Errors
    /// [`Error::WeightsNotLoaded`].
    pub fn convolution(&self, ordinal: usize) -> Result<Convolution> {
        self.packed(ordinal).map(|layer| layer.convolution())
    }

    /// The same as they are kept.
    pub(crate) fn packed(&self, ordinal: usize) -> Result<&Arc<Packed>> {
        self.layers
            .get(ordinal)
            .and_then(Option::as_ref)
            .ok_or_else(|| Error::WeightsNotLoaded {
                layer: Layer::convolution(ordinal).map_or("that layer", |layer| layer.name),
            })
    }

    /// Channels of a layer: the file's where it is loaded, the published network's before.
    pub fn channels(&self, layer: &Layer) -> usize {
        self.packed(layer.last_convolution())
            .map_or(layer.channels, |layer| layer.out_channels())
    }

    /// Bytes that the weights of a convolution take in memory, or will: those of a file that is not read yet are taken for
    /// numbers of 16 bits if it is too small for more.
    #[cfg(any(feature = "cpu", feature = "gpu"))]
    pub(crate) fn bytes(&self, ordinal: usize) -> usize {
        if let Ok(packed) = self.packed(ordinal) {
            return packed.bytes();
        }
        let channels = |ordinal| Layer::convolution(ordinal).map_or(0, |layer| self.channels(layer));
        let inputs = ordinal.checked_sub(1).map_or(crate::image::CHANNELS, channels);
        let bytes_of = |number| Packed::bytes_of(inputs, channels(ordinal), number);
        let file = self.index.bytes(ordinal);
        if file == 0 || file > bytes_of(3) as u64 {
            bytes_of(4)
        } else {
            bytes_of(2)
        }
    }

    /// [`Self::channels`] of every convolution from block1_conv1 to the last that `layer` needs.
    pub fn widths(&self, layer: &Layer) -> Vec<usize> {
        let convolutions = (0..=layer.last_convolution()).filter_map(Layer::convolution);
        convolutions.map(|layer| self.channels(layer)).collect()
    }

    /// Whether the model reaches this layer.
    pub fn reaches(&self, layer: &Layer) -> bool {
        layer.last_convolution() <= self.index.last_convolution()
    }

    /// Every layer of VGG16 with what this model knows of it, in order.
    pub fn layers(&self) -> impl Iterator<Item = LayerFacts> {
        LAYERS.iter().map(|layer| LayerFacts {
            layer,
            channels: self.channels(layer),
            bytes: if layer.is_convolution() {
                self.index.bytes(layer.last_convolution())
            } else {
                0
            },
            in_model: self.reaches(layer),
        })
    }
}

/// What a model knows of a layer.
#[derive(Debug, Clone, Copy)]
pub struct LayerFacts {
    /// The row of the table.
    pub layer: &'static Layer,
    /// Channels; see [`Weights::channels`].
    pub channels: usize,
    /// Bytes of the layer's file or files; 0 for a pooling or where the index does not say.
    pub bytes: u64,
    /// Whether the model reaches the layer.
    pub in_model: bool,
}
