//! Checking a model's folder: every file against the index, and every number.

use std::collections::BTreeSet;
use std::fs;

use super::source::Source;
use super::training::{self, Recognised};
use super::{INDEX_FILE, Index, WeightsError};
use crate::error::{Error, Result};

/// What was found of one file.
#[derive(Debug)]
pub struct Finding {
    /// Its name in the folder.
    pub file: String,
    /// Its length, or what is wrong with it.
    pub outcome: std::result::Result<u64, WeightsError>,
}

/// A folder that was checked.
#[derive(Debug)]
pub struct Verified {
    /// The model's index.
    pub index: Index,
    /// How many files are listed.
    pub files: usize,
    /// How many of them are not as they should be.
    pub broken: usize,
    /// Files of a folder on disk that the index does not list.
    pub extra: Vec<String>,
    /// The training that the numbers of block1_conv1 are from, if it is a known one.
    pub recognised: Option<Recognised>,
}

/// Reads every file that the index lists and checks its length, sha256, shapes and numbers. One that is broken does not
/// keep the others from being checked; `report` is told of each.
///
/// # Errors
/// A [`WeightsError`] of the index: without it nothing can be checked.
pub fn verify(source: &Source, report: &mut dyn FnMut(&Finding)) -> Result<Verified> {
    if let Source::File(path) = source {
        return Err(Error::from(WeightsError::NotAnIndex {
            file: path.display().to_string(),
            problem: "it is a single file, which `vggscope weights inspect` shows".to_owned(),
        }));
    }
    let mut weights = source.open()?;
    let index = weights.index().clone();
    let files = index.all_files();
    let mut broken = 0;
    for file in &files {
        let outcome = source.read_listed(&index, file).and_then(|bytes| {
            let length = bytes.len() as u64;
            weights.insert(file, bytes).map(|()| length)
        });
        broken += usize::from(outcome.is_err());
        report(&Finding {
            file: file.clone(),
            outcome,
        });
    }
    Ok(Verified {
        recognised: weights
            .convolution(0)
            .ok()
            .and_then(|first| training::recognise(&first)),
        extra: extra(source, &files.iter().cloned().collect()),
        files: files.len(),
        broken,
        index,
    })
}

/// Files of a folder on disk that are neither listed nor the index. A host cannot be asked.
fn extra(source: &Source, listed: &BTreeSet<String>) -> Vec<String> {
    let Source::Folder(folder) = source else {
        return Vec::new();
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut extra: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != INDEX_FILE && !listed.contains(name))
        .collect();
    extra.sort();
    extra
}
