//! Digests of layers: sha256 of the bytes of a convolution's tensors as they lie in their file, the weight's and, behind
//! them, the bias's and, of a pruned layer, its masks'.

use std::collections::BTreeMap;

use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

use crate::weights::names::{self, Part};
use crate::weights::source::Source;
use crate::weights::{Checkpoint, Index, WeightsError};

/// By layer, hex.
pub(super) type Digests = BTreeMap<String, String>;

/// Those of a file's layers whose tensors lie in one piece each; none of a compressed or packed file.
pub(super) fn of_file(checkpoint: &Checkpoint) -> Result<Digests, WeightsError> {
    let mut digests = Digests::new();
    for ordinal in 0..checkpoint.convolutions() {
        let ranges = checkpoint.ranges(ordinal);
        if ranges.is_empty() {
            continue;
        }
        let mut digest = Sha256::new();
        for range in ranges {
            digest.update(checkpoint.input().read(range)?);
        }
        digests.insert(names::layer_name(ordinal).to_owned(), hex(digest));
    }
    Ok(digests)
}

/// Those of a folder's layers, and the bytes of its files. Each file is held to what the index promises.
pub(super) fn of_folder(source: &Source, index: &Index) -> Result<(Digests, u64), WeightsError> {
    let mut tensors: BTreeMap<usize, [Vec<u8>; 2]> = BTreeMap::new();
    let mut bytes = 0;
    for file in index.files_of(0..=index.last_convolution()) {
        let content = source.read_listed(index, &file)?;
        index.check_file(&file, &content)?;
        bytes += content.len() as u64;
        let read = SafeTensors::deserialize(&content).map_err(|error| WeightsError::Malformed {
            file: source.address(&file),
            format: "safetensors",
            problem: error.to_string(),
        })?;
        for (name, tensor) in read.iter() {
            if let Some(named) = names::parse(name).filter(|named| named.ordinal <= index.last_convolution()) {
                let parts = tensors.entry(named.ordinal).or_default();
                parts[usize::from(named.part == Part::Bias)] = tensor.data().to_vec();
            }
        }
    }
    let digests = tensors.into_iter().map(|(ordinal, [weight, bias])| {
        let digest = Sha256::new().chain_update(weight).chain_update(bias);
        (names::layer_name(ordinal).to_owned(), hex(digest))
    });
    Ok((digests.collect(), bytes))
}

/// Holds a file's layers to those that are known. A layer that the file has not, or whose digest cannot be told, is not
/// what was wanted either.
pub(super) fn check(wanted: &Digests, found: &Digests, file: &str) -> Result<(), WeightsError> {
    for (layer, expected) in wanted {
        let actual = found.get(layer).map_or("no digest", String::as_str);
        if actual != expected {
            return Err(WeightsError::Checksum {
                file: format!("{layer} of {file}"),
                expected: expected.clone(),
                actual: actual.to_owned(),
            });
        }
    }
    Ok(())
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
