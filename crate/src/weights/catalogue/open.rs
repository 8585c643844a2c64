//! Opening a model of a catalogue: what was fetched first, then what lies beside the catalogue or in a host's folder.

use std::path::{Path, PathBuf};

use super::{Catalogue, Entry, digests};
use crate::error::Result;
use crate::weights::address::{self, Kind};
use crate::weights::known::Origin;
use crate::weights::source::{Described, Source};
use crate::weights::{Checkpoint, INDEX_FILE, Metadata, Weights, WeightsError};

/// A model of a catalogue that was opened.
#[derive(Debug)]
pub struct OpenedModel {
    /// Where its layers are read from.
    pub source: Source,
    /// What it is: as the catalogue says.
    pub described: Described,
    /// What was wrong with what was tried before, as sentences.
    pub passed: Vec<String>,
}

/// What was found of a model's places.
#[derive(Debug, Default)]
struct Places {
    /// To be tried in this order.
    sources: Vec<Source>,
    /// Where nothing is.
    missing: Vec<PathBuf>,
}

impl Catalogue {
    /// Opens the model of this id. `here` is the folder in which fetched files lie.
    ///
    /// # Errors
    /// [`WeightsError::UnknownModel`], or [`WeightsError::ModelNotHere`] with all that was looked for.
    pub fn open_model(&self, id: &str, here: &Path) -> std::result::Result<OpenedModel, WeightsError> {
        let entry = self.model(id)?;
        let Places { sources, missing } = self.places(entry, here);
        let mut passed = Vec::new();
        for source in sources {
            match opened(entry, &source) {
                Ok(found) => {
                    return Ok(OpenedModel {
                        source,
                        described: as_said(entry, found),
                        passed,
                    });
                }
                Err(error) => passed.push(error.to_string()),
            }
        }
        Err(not_here(entry, passed, &missing))
    }

    fn places(&self, entry: &Entry, here: &Path) -> Places {
        let mut places = Places::default();
        let addresses = entry.addresses();
        for address in &addresses {
            places.note(entry.fetched(here, &address.url));
        }
        #[cfg(feature = "site")]
        {
            let within = entry.sources.iter().filter_map(|source| self.within(source));
            places.sources.extend(within.map(Source::Site));
        }
        for path in entry.sources.iter().flat_map(|source| self.paths(source)) {
            places.note(path);
        }
        // A host's file is fetched first, whole.
        let folders = addresses
            .iter()
            .filter(|address| address::kind(&address.url) != Kind::File);
        places.sources.extend(folders.map(|address| Source::new(&address.url)));
        places
    }
}

impl Places {
    fn note(&mut self, path: PathBuf) {
        let known = |source: &Source| matches!(source, Source::File(at) | Source::Folder(at) if *at == path);
        if self.missing.contains(&path) || self.sources.iter().any(known) {
            return;
        }
        if path.is_file() {
            self.sources.push(Source::File(path));
        } else if path.join(INDEX_FILE).is_file() {
            self.sources.push(Source::Folder(path));
        } else {
            self.missing.push(path);
        }
    }
}

/// Opens what lies at one place. A file's layers are held to the digests that the catalogue gives.
fn opened(entry: &Entry, source: &Source) -> Result<Described> {
    if let Source::File(path) = source
        && !entry.sha256.is_empty()
    {
        let checkpoint = Checkpoint::open_path(path)?;
        digests::check(
            &entry.sha256,
            &digests::of_file(&checkpoint)?,
            checkpoint.input().name(),
        )?;
    }
    source.open_described()
}

/// What the catalogue says counts where the files say something else.
fn as_said(entry: &Entry, found: Described) -> Described {
    let index = found.weights.index().clone();
    let metadata = Metadata {
        name: entry.name.clone(),
        description: entry.note.clone(),
        licence: entry.licence.clone(),
        source: index.metadata().source.clone(),
        ..Metadata::new(entry.preprocessing)
    };
    Described {
        weights: Weights::new(index.described(metadata)),
        origin: Origin::Stated,
        ..found
    }
}

fn not_here(entry: &Entry, mut said: Vec<String>, missing: &[PathBuf]) -> WeightsError {
    if !missing.is_empty() {
        let paths: Vec<_> = missing.iter().map(|path| path.display().to_string()).collect();
        said.push(format!("There is no {}.", paths.join(", no ")));
    }
    let id = entry.id.clone();
    let remedy = if entry.addresses().is_empty() {
        "Give the catalogue of a site that has it: --models SITE/models.json.".to_owned()
    } else {
        format!("Fetch it first: `vggscope weights fetch {id}`.")
    };
    WeightsError::ModelNotHere {
        id,
        said: said.join(" "),
        remedy,
    }
}
