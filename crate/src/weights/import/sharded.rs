//! A folder's index and its safetensors files, read as if they were one file.

use std::path::Path;

use super::parameter::{Parameter, Parameters};
use super::safetensors;
use crate::weights::bytes::InputFile;
use crate::weights::index::{Index, Metadata};
use crate::weights::{WeightsError, digest};

/// The files of a folder that hold VGG16's convolutions.
pub(super) struct Sharded {
    /// The index's file.
    pub(super) input: InputFile,
    pub(super) index: Index,
    /// Whether the index says what the model expects, as this library's do and Hugging Face's do not.
    describes_model: bool,
    shards: Vec<Box<dyn Parameters>>,
    parameters: Vec<Parameter>,
    /// Of each parameter: its file, and its position there.
    places: Vec<(usize, usize)>,
}

/// Opens an index and its files. Each file is held to the length and the sha256 that the index promises.
pub(super) fn open(path: &Path) -> Result<Sharded, WeightsError> {
    let input = InputFile::open(path)?;
    let text = input.read(0..input.size())?;
    let index = Index::parse(input.name(), &text)?;
    let mut sharded = Sharded {
        describes_model: describes_model(&text),
        index,
        input,
        shards: Vec::new(),
        parameters: Vec::new(),
        places: Vec::new(),
    };
    for file in sharded.index.files_of(0..=sharded.index.last_convolution()) {
        // A plain name: the index was checked for that.
        sharded.add(&InputFile::open(&path.with_file_name(&file))?, &file)?;
    }
    Ok(sharded)
}

/// Whether the index's metadata has an entry `preprocessing`.
fn describes_model(text: &[u8]) -> bool {
    let index: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
    index["metadata"].get("preprocessing").is_some()
}

impl Sharded {
    fn add(&mut self, input: &InputFile, file: &str) -> Result<(), WeightsError> {
        if let Some(facts) = self.index.facts(file) {
            if facts.bytes != input.size() {
                return Err(input.truncated(facts.bytes));
            }
            let actual = digest::sha256(input)?;
            if !facts.sha256.eq_ignore_ascii_case(&actual) {
                return Err(WeightsError::Checksum {
                    file: input.name().to_owned(),
                    expected: facts.sha256.clone(),
                    actual,
                });
            }
        }
        super::refuse_other_contents(input.name(), &input.head(512)?)?;
        let shard = safetensors::open(input)?;
        let places = (0..shard.list().len()).map(|position| (self.shards.len(), position));
        self.places.extend(places);
        self.parameters.extend_from_slice(shard.list());
        self.shards.push(shard);
        Ok(())
    }

    /// What the index says of the model, if it does.
    pub(super) fn metadata(&self) -> Option<Metadata> {
        self.describes_model.then(|| self.index.metadata().clone())
    }
}

impl Parameters for Sharded {
    fn list(&self) -> &[Parameter] {
        &self.parameters
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        let (shard, position) = self.places[index];
        self.shards[shard].values(position)
    }
}
