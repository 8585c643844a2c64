//! Where things lie in the repository.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

/// The folders that the commands work in.
pub(crate) struct Paths {
    /// The workspace's root.
    pub(crate) root: PathBuf,
    /// The TypeScript package: page, custom element and the worker's client.
    pub(crate) www: PathBuf,
    /// The side-by-side benches, a Node package of their own.
    pub(crate) peers: PathBuf,
}

impl Paths {
    /// Reads the root from what `cargo run` sets: unlike a path compiled in, it is right in every clone
    /// that shares a target directory.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("start this program as `cargo xtask`")?;
        let root = Path::new(&manifest)
            .parent()
            .context("the folder xtask/ has no parent folder")?
            .to_path_buf();
        Ok(Self {
            www: root.join("www"),
            peers: root.join("tests/peers"),
            root,
        })
    }

    /// The folder of one generated wasm package.
    pub(crate) fn wasm_package(&self, name: &str) -> PathBuf {
        self.www.join("src/wasm").join(name)
    }
}
