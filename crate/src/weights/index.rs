//! The index: Hugging Face's sharded-safetensors index, with what the model is and what each file must be.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::WeightsError;
use super::import::refuse_other_contents;
use super::names::{self, Part};
use crate::settings::Preprocessing;
use crate::vgg16::CONVOLUTIONS;

/// Name of the index in a model's folder.
pub const INDEX_FILE: &str = "model.safetensors.index.json";

/// The format version this library writes and the newest it reads.
const FORMAT_VERSION: u32 = 1;

/// The longest index that is read: VGG16's takes 3 KB. Parsed, one made for it takes twenty times its length.
pub(crate) const LONGEST: usize = 2 << 20;

/// The largest length that every number in a page can be.
const MOST_BYTES: u64 = 1 << 53;

/// A parsed and checked index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    metadata: Metadata,
    /// For each convolution from the first on: the file of its weight and the file of its bias.
    files: Vec<[String; 2]>,
    /// Files that hold no convolution, such as a classifier's.
    others: Vec<String>,
    /// Bytes of each convolution's numbers, for an index made for a single file.
    layer_bytes: Option<Vec<u64>>,
}

/// The index's `metadata`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Bytes of all tensors together.
    #[serde(default)]
    pub total_size: u64,
    /// Version of this format; now 1.
    #[serde(default = "current_version")]
    pub format_version: u32,
    /// Short name of the model.
    #[serde(default = "unnamed")]
    pub name: String,
    /// What the model is, in a sentence.
    #[serde(default)]
    pub description: String,
    /// Licence of the weights.
    #[serde(default)]
    pub licence: String,
    /// Where the weights come from.
    #[serde(default)]
    pub source: String,
    /// Always `vgg16`.
    #[serde(default = "vgg16")]
    pub architecture: String,
    /// What the model expects to be fed.
    #[serde(default = "no_preprocessing")]
    pub preprocessing: Preprocessing,
    /// What each file must be.
    #[serde(default)]
    pub shards: BTreeMap<String, ShardFacts>,
}

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardFacts {
    /// sha256 of the whole file, lower-case hex.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

impl ShardFacts {
    /// Holds a file of this length and sha256 to what was promised. The sha256 is only asked for where the length is
    /// right.
    pub(super) fn check(
        &self,
        file: &str,
        bytes: u64,
        sha256: impl FnOnce() -> Result<String, WeightsError>,
    ) -> Result<(), WeightsError> {
        if self.bytes != bytes {
            return Err(WeightsError::Truncated {
                file: file.to_owned(),
                expected: self.bytes,
                actual: bytes,
            });
        }
        let actual = sha256()?;
        if self.sha256.eq_ignore_ascii_case(&actual) {
            return Ok(());
        }
        Err(WeightsError::Checksum {
            file: file.to_owned(),
            expected: self.sha256.clone(),
            actual,
        })
    }
}

const fn current_version() -> u32 {
    FORMAT_VERSION
}
fn unnamed() -> String {
    "unnamed".to_owned()
}
fn vgg16() -> String {
    "vgg16".to_owned()
}
const fn no_preprocessing() -> Preprocessing {
    Preprocessing::None
}

/// The index as it stands in the file.
#[derive(Serialize, Deserialize)]
pub(super) struct IndexFile {
    #[serde(default = "empty_metadata")]
    pub(super) metadata: Metadata,
    pub(super) weight_map: BTreeMap<String, String>,
}

fn empty_metadata() -> Metadata {
    Metadata::new(Preprocessing::None)
}

impl Metadata {
    /// Metadata of a VGG16 that expects this input scaling; everything else still to be said.
    pub fn new(preprocessing: Preprocessing) -> Self {
        Self {
            total_size: 0,
            format_version: FORMAT_VERSION,
            name: unnamed(),
            description: String::new(),
            licence: String::new(),
            source: String::new(),
            architecture: vgg16(),
            preprocessing,
            shards: BTreeMap::new(),
        }
    }
}

impl Index {
    /// Parses an index; `file` is its name or URL, for messages.
    ///
    /// # Errors
    /// [`WeightsError::NotAnIndex`] saying what is wrong, [`WeightsError::WebPage`] for HTML.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, WeightsError> {
        refuse_other_contents(file, bytes)?;
        let bad = |problem: String| WeightsError::NotAnIndex {
            file: file.to_owned(),
            problem,
        };
        if bytes.len() > LONGEST {
            return Err(bad(format!(
                "it has {} bytes, more than {LONGEST}, where a VGG16's has 3,000",
                bytes.len()
            )));
        }
        let parsed: IndexFile = serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
        if parsed.metadata.architecture != "vgg16" {
            return Err(bad(format!(
                "its architecture is \"{}\", not \"vgg16\"",
                parsed.metadata.architecture
            )));
        }
        if parsed.metadata.format_version > FORMAT_VERSION {
            return Err(bad(format!(
                "its format version {} is newer than {FORMAT_VERSION}",
                parsed.metadata.format_version
            )));
        }
        check_lengths(&parsed.metadata.shards).map_err(bad)?;
        let files = layer_files(&parsed.weight_map).map_err(bad)?;
        Ok(Self {
            others: other_files(&parsed, &files).map_err(bad)?,
            metadata: parsed.metadata,
            files,
            layer_bytes: None,
        })
    }

    /// The index that a single file stands in for: convolutions from the first on, `layer_bytes` for each.
    pub fn of_file(mut metadata: Metadata, layer_bytes: Vec<u64>) -> Self {
        metadata.total_size = layer_bytes.iter().sum();
        let file = |ordinal| format!("{}.safetensors", names::layer_name(ordinal));
        Self {
            metadata,
            others: Vec::new(),
            files: (0..layer_bytes.len())
                .map(|ordinal| [file(ordinal), file(ordinal)])
                .collect(),
            layer_bytes: Some(layer_bytes),
        }
    }

    /// The same files, of which somebody else says what they are.
    #[cfg(feature = "cli")]
    pub(super) fn described(self, description: Metadata) -> Self {
        let metadata = Metadata {
            total_size: self.metadata.total_size,
            shards: self.metadata.shards,
            ..description
        };
        Self { metadata, ..self }
    }

    /// Whether another's weights come in files of the same names and contents, as far as the two say.
    #[cfg(all(feature = "web", any(feature = "cpu", feature = "gpu")))]
    pub(crate) fn has_files_of(&self, other: &Self) -> bool {
        self.files == other.files && self.metadata.shards == other.metadata.shards
    }

    /// The index as the text of its file.
    ///
    /// # Errors
    /// [`WeightsError::NotAnIndex`]: JSON that cannot be written, which does not happen.
    pub fn to_json(&self) -> Result<String, WeightsError> {
        let weight_map = self.files.iter().enumerate().flat_map(|(ordinal, [weight, bias])| {
            [
                (names::weight(ordinal), weight.clone()),
                (names::bias(ordinal), bias.clone()),
            ]
        });
        let file = IndexFile {
            metadata: self.metadata.clone(),
            weight_map: weight_map.collect(),
        };
        serde_json::to_string_pretty(&file).map_err(|error| WeightsError::NotAnIndex {
            file: INDEX_FILE.to_owned(),
            problem: error.to_string(),
        })
    }

    /// What the model is.
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Ordinal of the deepest convolution in the model.
    pub const fn last_convolution(&self) -> usize {
        self.files.len() - 1
    }

    /// The files that hold a convolution: one, or two where weight and bias lie apart.
    pub fn files(&self, ordinal: usize) -> &[String] {
        match self.files.get(ordinal) {
            Some(files) if files[0] == files[1] => &files[..1],
            Some(files) => files,
            None => &[],
        }
    }

    /// The files that hold these convolutions, each once.
    pub(super) fn files_of(&self, ordinals: impl IntoIterator<Item = usize>) -> Vec<String> {
        let mut files = Vec::new();
        for file in ordinals.into_iter().flat_map(|ordinal| self.files(ordinal)) {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        files
    }

    /// Every file listed, each once: the convolutions' in their order, then the others.
    pub fn all_files(&self) -> Vec<String> {
        let mut files = self.files_of(0..self.files.len());
        files.extend_from_slice(&self.others);
        files
    }

    /// Bytes of a convolution's files; 0 where the index does not say.
    pub fn bytes(&self, ordinal: usize) -> u64 {
        if let Some(layer_bytes) = &self.layer_bytes {
            return layer_bytes.get(ordinal).copied().unwrap_or(0);
        }
        self.files(ordinal)
            .iter()
            .filter_map(|file| self.facts(file))
            .map(|facts| facts.bytes)
            .sum()
    }

    /// What the index says of a file.
    pub fn facts(&self, file: &str) -> Option<&ShardFacts> {
        self.metadata.shards.get(file)
    }

    /// Keras's name of the first layer in a file.
    pub fn layer(&self, file: &str) -> &'static str {
        self.ordinals(file)
            .first()
            .map_or("unknown", |&ordinal| names::layer_name(ordinal))
    }

    /// The convolutions whose parameters lie in a file.
    pub fn ordinals(&self, file: &str) -> Vec<usize> {
        (0..self.files.len())
            .filter(|&ordinal| self.files[ordinal].iter().any(|name| name == file))
            .collect()
    }

    /// Checks a file against what the index promises: no web page, the right length, the right sha256.
    ///
    /// # Errors
    /// The first promise broken.
    pub fn check_file(&self, file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
        refuse_other_contents(file, bytes)?;
        match self.facts(file) {
            Some(facts) => facts.check(file, bytes.len() as u64, || Ok(sha256_hex(bytes))),
            None => Ok(()),
        }
    }
}

/// sha256 in lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of each convolution from the first on, without a gap.
fn layer_files(weight_map: &BTreeMap<String, String>) -> Result<Vec<[String; 2]>, String> {
    let mut found: Vec<[Option<&String>; 2]> = vec![[None; 2]; CONVOLUTIONS];
    for (tensor, file) in weight_map {
        if let Some(named) = names::parse(tensor) {
            check_file_name(tensor, file)?;
            let slot = &mut found[named.ordinal][usize::from(named.part == Part::Bias)];
            if slot.replace(file).is_some() {
                return Err(format!(
                    "{} is listed under two names",
                    names::layer_name(named.ordinal)
                ));
            }
        }
    }
    let deepest = found
        .iter()
        .rposition(|pair| pair != &[None; 2])
        .ok_or("it lists no VGG16 layer")?;
    found[..=deepest]
        .iter()
        .enumerate()
        .map(|(ordinal, pair)| complete(ordinal, *pair))
        .collect()
}

/// Files that are listed, as a tensor's or among the checksums, and hold no convolution.
fn other_files(parsed: &IndexFile, files: &[[String; 2]]) -> Result<Vec<String>, String> {
    let tensors = parsed.weight_map.iter().map(|(tensor, file)| (tensor.as_str(), file));
    let promised = parsed.metadata.shards.keys().map(|file| ("the checksums", file));
    let mut others = BTreeSet::new();
    for (tensor, file) in tensors.chain(promised) {
        if !files.iter().flatten().any(|listed| listed == file) {
            check_file_name(tensor, file)?;
            others.insert(file.clone());
        }
    }
    Ok(others.into_iter().collect())
}

/// Together they must be a number that a page can count to: what is added up or shown later is no more than a few times
/// that.
fn check_lengths(shards: &BTreeMap<String, ShardFacts>) -> Result<(), String> {
    let total = shards
        .values()
        .try_fold(0_u64, |total, facts| total.checked_add(facts.bytes));
    match total {
        Some(total) if total <= MOST_BYTES => Ok(()),
        _ => Err(format!("its files are said to have more than {MOST_BYTES} bytes")),
    }
}

fn complete(ordinal: usize, pair: [Option<&String>; 2]) -> Result<[String; 2], String> {
    match pair {
        [Some(weight), Some(bias)] => Ok([weight.clone(), bias.clone()]),
        [None, _] => Err(format!("it lists deeper layers but not {}", names::weight(ordinal))),
        [_, None] => Err(format!(
            "it lists {} but not {}",
            names::weight(ordinal),
            names::bias(ordinal)
        )),
    }
}

/// A file name that stays in the model's folder: no path, no scheme, nothing a URL would interpret.
fn check_file_name(tensor: &str, file: &str) -> Result<(), String> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    if file.chars().all(plain) && !file.starts_with('.') && !file.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the file \"{file}\" of {tensor} is not a plain name inside the folder"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Index, WeightsError> {
        Index::parse("index.json", text.as_bytes())
    }

    #[test]
    fn an_index_without_metadata_is_read_as_hugging_face_writes_it() {
        let index = parse(r#"{"weight_map":{"features.0.weight":"a.safetensors","features.0.bias":"a.safetensors"}}"#)
            .expect("good");
        assert_eq!(index.last_convolution(), 0);
        assert_eq!(index.files(0), ["a.safetensors"]);
        assert_eq!(index.metadata().preprocessing, Preprocessing::None);
    }

    #[test]
    fn bad_indices_are_refused_with_the_reason() {
        let cases = [
            ("", "is empty"),
            ("{", "EOF"),
            ("[]", "struct"),
            (r#"{"weight_map":{}}"#, "no VGG16 layer"),
            (r#"{"weight_map":{"features.0.weight":"a"}}"#, "block1_conv1.bias"),
            (
                r#"{"weight_map":{"features.2.weight":"a","features.2.bias":"a"}}"#,
                "not block1_conv1.weight",
            ),
            (
                r#"{"weight_map":{"features.0.weight":"../../etc/passwd","features.0.bias":"a"}}"#,
                "plain name",
            ),
            (
                r#"{"weight_map":{"features.0.weight":"https://example.org/a","features.0.bias":"a"}}"#,
                "plain name",
            ),
            (
                r#"{"weight_map":{"features.0.weight":"a","block1_conv1.weight":"b","features.0.bias":"a"}}"#,
                "two names",
            ),
            (r#"{"metadata":{"architecture":"resnet"},"weight_map":{}}"#, "resnet"),
            (r#"{"metadata":{"format_version":9},"weight_map":{}}"#, "newer"),
            (
                r#"{"metadata":{"shards":{"a":{"sha256":"","bytes":18446744073709551615},"b":{"sha256":"","bytes":1}}},
                    "weight_map":{"features.0.weight":"a","features.0.bias":"b"}}"#,
                "more than 9007199254740992 bytes",
            ),
            ("<!DOCTYPE html><title>404</title>", "web page"),
        ];
        for (text, reason) in cases {
            let message = parse(text).expect_err(text).to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn a_file_is_held_to_what_the_index_promises() {
        let sha256 = sha256_hex(b"weights");
        let text = format!(
            r#"{{"metadata":{{"shards":{{"a":{{"sha256":"{sha256}","bytes":7}}}}}},"weight_map":{{"features.0.weight":"a","features.0.bias":"a"}}}}"#
        );
        let index = parse(&text).expect("good");
        assert!(index.check_file("a", b"weights").is_ok());
        let code = |bytes: &[u8]| index.check_file("a", bytes).expect_err("bad").code().to_owned();
        assert_eq!(code(b"weight"), "weights-truncated");
        assert_eq!(code(b"Weights"), "weights-checksum");
        assert_eq!(code(b"<html>...</html>"), "weights-web-page");
        assert_eq!(
            code(b"version https://git-lfs.github.com/spec/v1"),
            "weights-lfs-pointer"
        );
        assert_eq!(code(b""), "weights-empty");
    }
}
