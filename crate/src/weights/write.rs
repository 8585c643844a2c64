//! Writing a model as a folder for a static host.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};

use super::import::multi_index;
use super::index::{IndexFile, sha256_hex};
use super::{Convolution, INDEX_FILE, Metadata, ShardFacts, WeightsError, names};

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats: exact.
    F32,
    /// 16-bit floats, rounded to nearest even: half the bytes.
    F16,
}

impl Precision {
    const fn dtype(self) -> Dtype {
        match self {
            Self::F32 => Dtype::F32,
            Self::F16 => Dtype::F16,
        }
    }

    /// The numbers of a tensor of this name and shape as bytes.
    fn bytes(self, tensor: &str, shape: &[usize], values: &[f32]) -> Result<Vec<u8>, WeightsError> {
        match self {
            Self::F32 => Ok(values.iter().flat_map(|value| value.to_le_bytes()).collect()),
            Self::F16 => {
                check_halves(tensor, shape, values)?;
                let halves = values.iter().map(|&value| f16::from_f32(value));
                Ok(halves.flat_map(f16::to_le_bytes).collect())
            }
        }
    }
}

/// Refuses numbers beyond what 16-bit floats hold, which would become infinite.
fn check_halves(tensor: &str, shape: &[usize], values: &[f32]) -> Result<(), WeightsError> {
    match values.iter().position(|value| value.abs() > f16::MAX.to_f32()) {
        None => Ok(()),
        Some(element) => Err(WeightsError::TooLargeForF16 {
            tensor: tensor.to_owned(),
            element: multi_index(element, &shape.iter().map(|&side| side as u64).collect::<Vec<_>>()),
            value: values[element],
        }),
    }
}

/// A folder being written, a layer at a time: no more than one is in memory. The same input gives the same bytes.
#[derive(Debug)]
pub struct FolderWriter {
    folder: PathBuf,
    precision: Precision,
    metadata: Metadata,
    weight_map: BTreeMap<String, String>,
    /// How many convolutions were written.
    written: usize,
}

impl FolderWriter {
    /// Makes the folder if need be. `metadata` says what the model is; its sizes and checksums are filled in.
    ///
    /// # Errors
    /// [`WeightsError::Unwritable`].
    pub fn create(folder: &Path, precision: Precision, metadata: Metadata) -> Result<Self, WeightsError> {
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        Ok(Self {
            folder: folder.to_owned(),
            precision,
            metadata: Metadata {
                total_size: 0,
                shards: BTreeMap::new(),
                ..metadata
            },
            weight_map: BTreeMap::new(),
            written: 0,
        })
    }

    /// Writes the file of the next convolution, block1_conv1 first.
    ///
    /// # Errors
    /// [`WeightsError::TooLargeForF16`], or [`WeightsError::Unwritable`] naming the file.
    pub fn add(&mut self, convolution: &Convolution) -> Result<(), WeightsError> {
        let ordinal = self.written;
        let bytes = shard(ordinal, convolution, self.precision)?;
        let sha256 = sha256_hex(&bytes);
        let file = names::shard(ordinal, &sha256);
        write_file(&self.folder.join(&file), &bytes)?;
        let elements = convolution.weight.len() + convolution.bias.len();
        self.metadata.total_size += (elements * self.precision.dtype().bitsize() / 8) as u64;
        let bytes = bytes.len() as u64;
        self.metadata.shards.insert(file.clone(), ShardFacts { sha256, bytes });
        self.weight_map.insert(names::weight(ordinal), file.clone());
        self.weight_map.insert(names::bias(ordinal), file);
        self.written += 1;
        Ok(())
    }

    /// Writes the index, and gives what it says of the model.
    ///
    /// # Errors
    /// [`WeightsError::Unwritable`] naming the file.
    pub fn finish(self) -> Result<Metadata, WeightsError> {
        let index = IndexFile {
            metadata: self.metadata,
            weight_map: self.weight_map,
        };
        let mut text = serde_json::to_vec_pretty(&index).map_err(|error| malformed(INDEX_FILE, &error))?;
        text.push(b'\n');
        write_file(&self.folder.join(INDEX_FILE), &text)?;
        Ok(index.metadata)
    }
}

/// Writes one file per convolution, from block1_conv1 on, and the index. The same input gives the same bytes.
///
/// `metadata` says what the model is; its sizes and checksums are filled in.
///
/// # Errors
/// As [`FolderWriter`].
pub fn write_folder(
    folder: &Path,
    convolutions: &[Convolution],
    precision: Precision,
    metadata: Metadata,
) -> Result<(), WeightsError> {
    let mut writer = FolderWriter::create(folder, precision, metadata)?;
    convolutions
        .iter()
        .try_for_each(|convolution| writer.add(convolution))?;
    writer.finish().map(drop)
}

/// A convolution as the bytes of its file.
///
/// # Errors
/// [`WeightsError::Malformed`] for a convolution whose numbers do not fill its shape, [`WeightsError::TooLargeForF16`].
pub fn shard(ordinal: usize, convolution: &Convolution, precision: Precision) -> Result<Vec<u8>, WeightsError> {
    let tensors = [
        (
            names::weight(ordinal),
            vec![convolution.out_channels, convolution.in_channels, 3, 3],
            &convolution.weight,
        ),
        (names::bias(ordinal), vec![convolution.out_channels], &convolution.bias),
    ];
    let bytes = tensors
        .iter()
        .map(|(name, shape, values)| precision.bytes(name, shape, values))
        .collect::<Result<Vec<_>, _>>()?;
    let error = |error: safetensors::SafeTensorError| malformed(names::layer_name(ordinal), &error);
    let views = tensors.into_iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        let view = TensorView::new(precision.dtype(), shape, bytes).map_err(error)?;
        Ok((name, view))
    });
    serialize(views.collect::<Result<Vec<_>, WeightsError>>()?, None).map_err(error)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WeightsError> {
    fs::write(path, bytes).map_err(|error| cannot_write(path, &error))
}

/// The error of a path that could not be written.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> WeightsError {
    WeightsError::Unwritable {
        file: path.display().to_string(),
        cause: error.to_string(),
    }
}

fn malformed(file: &str, error: &dyn std::error::Error) -> WeightsError {
    WeightsError::Malformed {
        file: file.to_owned(),
        format: "safetensors",
        problem: error.to_string(),
    }
}
