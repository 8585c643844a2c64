//! A model's folder in the making: written to one side, then put in its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::write::cannot_write;
use super::{INDEX_FILE, Metadata, WeightsError, names};

/// A fresh folder that becomes `out`, or is gone again when dropped before.
///
/// It lies beside `out` and, where `out` exists, inside, so that moving files into place never crosses file systems.
#[derive(Debug)]
pub(super) struct Staging {
    out: PathBuf,
    folder: PathBuf,
    /// Whether `out` was there before.
    replaces: bool,
}

impl Staging {
    pub(super) fn new(out: &Path) -> Result<Self, WeightsError> {
        let replaces = out.exists();
        let parent = if replaces { out } else { parent(out) };
        fs::create_dir_all(parent).map_err(|error| cannot_write(parent, &error))?;
        let folder = fresh_folder(parent).map_err(|error| cannot_write(parent, &error))?;
        Ok(Self {
            out: out.to_owned(),
            folder,
            replaces,
        })
    }

    /// Where to write.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the files in their place; `metadata` lists them. The index comes last, and at once: until then `out` is the
    /// model that it was.
    pub(super) fn publish(self, metadata: &Metadata) -> Result<(), WeightsError> {
        if !self.replaces {
            return fs::rename(&self.folder, &self.out).map_err(|error| cannot_write(&self.out, &error));
        }
        for file in metadata.shards.keys().map(String::as_str).chain([INDEX_FILE]) {
            let place = self.out.join(file);
            fs::rename(self.folder.join(file), &place).map_err(|error| cannot_write(&place, &error))?;
        }
        remove_old_shards(&self.out, metadata).map_err(|error| cannot_write(&self.out, &error))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a success it is empty or gone. After a failure that failure is what matters.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Refuses a place that holds something else than a model.
pub(super) fn check_out(out: &Path) -> io::Result<()> {
    if !out.exists() || out.join(INDEX_FILE).is_file() {
        return Ok(());
    }
    match fs::read_dir(out)?.next() {
        None => Ok(()),
        Some(_) => Err(io::Error::other("it is not empty and holds no model")),
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn fresh_folder(parent: &Path) -> io::Result<PathBuf> {
    let mut attempt = 0;
    loop {
        let folder = parent.join(format!(".vggscope-{}-{attempt}", std::process::id()));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Removes the files of the model that was there before. Only names that this library gives are touched.
fn remove_old_shards(folder: &Path, metadata: &Metadata) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let old = name
            .to_str()
            .is_some_and(|name| names::is_shard(name) && !metadata.shards.contains_key(name));
        if old {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
