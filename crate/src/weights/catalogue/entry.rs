//! What a catalogue says of a model.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::settings::Preprocessing;
use crate::weights::known::Published;

/// A model of a catalogue. Its fields are in the order in which they are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// By which people and links name it.
    pub id: String,
    /// Short name of the model.
    pub name: String,
    /// What it is, as sentences.
    pub note: String,
    /// Always `vgg16`.
    pub architecture: String,
    /// What the model expects to be fed.
    pub preprocessing: Preprocessing,
    /// Licence of the weights.
    pub licence: String,
    /// Bytes of the whole model.
    #[serde(deserialize_with = "whole")]
    pub bytes: u64,
    /// Folders or files, tried in this order. Relative ones count from the catalogue's own place.
    pub sources: Vec<String>,
    /// By layer, sha256 of the bytes of its tensors, hex: of the weight and, behind it, the bias.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sha256: BTreeMap<String, String>,
    /// A file that can be downloaded whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<Download>,
}

/// A file that can be downloaded whole, and its checksum: one at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// Its address.
    pub url: String,
    /// Its length.
    #[serde(deserialize_with = "whole")]
    pub bytes: u64,
    /// md5, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// sha256, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Download {
    /// The better of its checksums.
    pub(super) fn published(&self) -> Option<Published<'_>> {
        let sha256 = self.sha256.as_deref().map(Published::Sha256);
        sha256.or_else(|| self.md5.as_deref().map(Published::Md5))
    }
}

/// A whole number, however it is written: 1000, 1000.0 or 1e3. The checks have seen to it that it is one.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    f64::deserialize(deserializer).map(|number| number as u64)
}
