//! Writing a model as a folder for a static host.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};

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

    fn bytes(self, values: &[f32]) -> Vec<u8> {
        match self {
            Self::F32 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::F16 => values
                .iter()
                .flat_map(|&value| f16::from_f32(value).to_le_bytes())
                .collect(),
        }
    }
}

/// Writes one file per convolution, from block1_conv1 on, and the index. The same input gives the same bytes.
///
/// `metadata` says what the model is; its sizes and checksums are filled in.
///
/// # Errors
/// [`WeightsError::Unwritable`] naming the file that could not be written.
pub fn write_folder(
    folder: &Path,
    convolutions: &[Convolution],
    precision: Precision,
    mut metadata: Metadata,
) -> Result<(), WeightsError> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let mut weight_map = BTreeMap::new();
    metadata.total_size = 0;
    metadata.shards.clear();
    for (ordinal, convolution) in convolutions.iter().enumerate() {
        let bytes = shard(ordinal, convolution, precision)?;
        let sha256 = sha256_hex(&bytes);
        let file = format!("{}-{}.safetensors", names::layer_name(ordinal), &sha256[..8]);
        write_file(&folder.join(&file), &bytes)?;
        let elements = convolution.weight.len() + convolution.bias.len();
        metadata.total_size += (elements * precision.dtype().bitsize() / 8) as u64;
        metadata.shards.insert(
            file.clone(),
            ShardFacts {
                sha256,
                bytes: bytes.len() as u64,
            },
        );
        weight_map.insert(names::weight(ordinal), file.clone());
        weight_map.insert(names::bias(ordinal), file);
    }
    let index = IndexFile { metadata, weight_map };
    let mut text = serde_json::to_vec_pretty(&index).map_err(|error| malformed(INDEX_FILE, &error))?;
    text.push(b'\n');
    write_file(&folder.join(INDEX_FILE), &text)
}

/// A convolution as the bytes of its file.
///
/// # Errors
/// [`WeightsError::Malformed`] for a convolution whose numbers do not fill its shape.
pub fn shard(ordinal: usize, convolution: &Convolution, precision: Precision) -> Result<Vec<u8>, WeightsError> {
    let (weight, bias) = (precision.bytes(&convolution.weight), precision.bytes(&convolution.bias));
    let shape = vec![convolution.out_channels, convolution.in_channels, 3, 3];
    let view = |shape, data| TensorView::new(precision.dtype(), shape, data);
    let error = |error: safetensors::SafeTensorError| malformed(names::layer_name(ordinal), &error);
    let tensors = [
        (names::weight(ordinal), view(shape, &weight).map_err(error)?),
        (
            names::bias(ordinal),
            view(vec![convolution.out_channels], &bias).map_err(error)?,
        ),
    ];
    serialize(tensors, None).map_err(error)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WeightsError> {
    fs::write(path, bytes).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> WeightsError {
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
