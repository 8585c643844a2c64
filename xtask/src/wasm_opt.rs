//! binaryen's `wasm-opt`, which npm delivers as a program for Node.

use crate::command;
use crate::paths::Paths;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What a wasm file is optimised for.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    /// As fast as possible.
    Speed,
    /// As small as possible.
    Size,
}

/// The features in use: those of rustc's wasm32-unknown-unknown and the SIMD that `.cargo/config.toml` adds.
/// `--all-features` would let wasm-opt write instructions that browsers reject.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

impl Level {
    /// The compiler adds constants to addresses in instructions of their own; `--low-memory-unused` lets wasm-opt move those
    /// below 1024 into the loads, which takes 6 % off a step. It may because nothing lies at so low an address: the
    /// linker puts the stack first, and it grows downwards.
    const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Speed => &["-O3", "--low-memory-unused"],
            Self::Size => &["-Oz"],
        }
    }

    /// Cargo's profile where it differs from the native one. Optimised as one program, a file has less that nothing calls; natively
    /// that would only cost minutes, and what is made for speed would grow.
    pub(crate) const fn profile(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Speed => &[],
            Self::Size => &[
                ("CARGO_PROFILE_RELEASE_LTO", "fat"),
                ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
            ],
        }
    }
}

/// Everything beside the sources that decides the result: the options and binaryen's version.
pub(crate) fn recipe(paths: &Paths, level: Level) -> Result<Vec<u8>> {
    let manifest = binaryen(paths).join("package.json");
    let mut recipe = fs::read(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let profile = level.profile().iter().flat_map(|(name, value)| [name, value]);
    for option in FEATURES.iter().chain(level.flags()).chain(profile) {
        recipe.extend_from_slice(option.as_bytes());
    }
    Ok(recipe)
}

/// Optimises a wasm file in place.
pub(crate) fn optimise(paths: &Paths, wasm: &Path, level: Level) -> Result<()> {
    command::run(
        "wasm-opt",
        command::node(&paths.root)
            .arg(binaryen(paths).join("bin/wasm-opt"))
            .args(level.flags())
            .args(FEATURES)
            .arg(wasm)
            .arg("--output")
            .arg(wasm),
        "If the file uses a WebAssembly feature that xtask/src/wasm_opt.rs does not list, add it there.",
    )
}

fn binaryen(paths: &Paths) -> PathBuf {
    paths.www.join("node_modules/binaryen")
}
