//! What the wasm files are compiled from.

use crate::paths::Paths;
use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Files and folders, from the workspace's root, that decide what the compiler writes.
const INPUTS: [&str; 6] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "crate/Cargo.toml",
    "crate/src",
    "rust-toolchain.toml",
];

/// Names and contents of everything the compiler reads, and the flags from the environment.
///
/// cargo keeps one fingerprint for a package's cdylib whatever its features, so it compiles the library again
/// each time the other wasm file was built before; this tells whether there is anything to compile at all.
pub(crate) fn read(paths: &Paths) -> Result<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&paths.root.join(input), &mut files)?;
    }
    let mut contents = vec![env::var("RUSTFLAGS").unwrap_or_default().into_bytes()];
    for file in files {
        let name = file.strip_prefix(&paths.root).unwrap_or(&file);
        contents.push(name.to_string_lossy().into_owned().into_bytes());
        contents.push(fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(contents)
}

/// Adds a file, or a folder's files at any depth in the order of their names.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?;
    let mut entries = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| collect(entry, files))
}
